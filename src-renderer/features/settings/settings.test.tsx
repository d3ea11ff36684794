import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe } from '#contract/auth'
import { listOrganizations } from '#contract/organizations'
import { removeMember } from '#contract/members'
import { addSshKey, getSettings, updateSettings } from '#contract/settings'
import { chooseLanguage } from '../../lib/i18n.ts'
import { theme } from '../../lib/theme.ts'
import { buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { KeysPage } from './keys-page.tsx'
import { nameFromKey } from './key-text.ts'
import { PreferencesPage } from './preferences-page.tsx'
import { ProfilePage } from './profile-page.tsx'

let server: ReturnType<typeof fakeServer>
const organization = {
  id: 'o',
  name: 'Home',
  slug: 'home',
  role: 'owner' as const,
  is_default: true,
  members: 2,
  nodes: 1,
  workloads: 3,
  instances: 1,
  created_at: '2026-11-23T12:00:00.000Z',
}
const settings = {
  preferences: { language: null, theme: null },
  ssh_keys: [],
  platform: { name: 'Shardlyn', language: 'en' as const, support_email: null },
}
const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ana@laptop'
beforeEach(() => {
  server = fakeServer()
  server.answer(getMe, buildMe([]))
  server.answer(getSettings, settings)
})
afterEach(() => {
  cleanup()
  theme.set('system')
  chooseLanguage(null)
  vi.unstubAllGlobals()
})
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

test('an owner stays; a member leaves after being told what is lost', async () => {
  server.answer(listOrganizations, {
    items: [organization, { ...organization, id: 'g', name: 'Guild', role: 'user', is_default: false }],
    next_cursor: null,
  })
  server.answer(removeMember, undefined)
  await renderInApp(<ProfilePage />)
  await screen.findByText('Guild')
  expect(screen.getByText('Open now')).toBeDefined()
  await press('Actions for Home')
  expect((await screen.findByRole('menuitem', { name: 'Leave' })).getAttribute('aria-disabled')).toBe('true')
  fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' })
  await press('Actions for Guild')
  await act(async () => fireEvent.click(await screen.findByRole('menuitem', { name: 'Leave' })))
  const dialog = await screen.findByRole('alertdialog', { name: 'Leave Guild?' })
  await act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Leave' })))
  const asked = server.requests.find(({ operation }) => operation === 'removeMember')
  expect(asked?.url.pathname).toBe('/v1/organizations/g/members/u')
})

test('a theme is shown at once and kept for the account', async () => {
  server.answer(updateSettings, { ...settings, preferences: { language: null, theme: 'dark' } })
  await renderInApp(<PreferencesPage />)
  await press('Dark')
  expect(theme.get()).toBe('dark')
  expect(server.requests.find(({ operation }) => operation === 'updateSettings')?.body).toEqual({
    preferences: { theme: 'dark' },
  })
})

test('a choice that the server did not take stands here, and that is told', async () => {
  server.handle(updateSettings, () => problem(503, 'busy'))
  await renderInApp(<PreferencesPage />)
  await press('Light')
  expect(theme.get()).toBe('light')
  expect((await screen.findAllByText('This browser has it, your account has not')).length).toBeGreaterThan(0)
})

test('a pasted key brings its own name, and a private one is refused in the words of the server', async () => {
  await renderInApp(<KeysPage />)
  await screen.findByText('No keys yet')
  await press('Add a key')
  const dialog = await screen.findByRole('dialog')
  const add = () => act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Add a key' })))
  await add()
  expect(within(dialog).getByText('Paste the public key.')).toBeDefined()
  fireEvent.change(within(dialog).getByLabelText('Public key'), { target: { value: line } })
  expect(within(dialog).getByLabelText<HTMLInputElement>('Name').value).toBe('ana@laptop')

  server.handle(addSshKey, () => problem(400, 'private_key', 'This is a private key.'))
  await add()
  expect(await within(dialog).findByText('This is a private key.')).toBeDefined()
  expect(server.requests.find(({ operation }) => operation === 'addSshKey')?.body).toEqual({
    name: 'ana@laptop',
    public_key: line,
  })
})

test.each([
  [line, 'ana@laptop'],
  ['ssh-ed25519 AAAA', ''],
  ['ssh-rsa AAAA Ana at home', 'Ana at home'],
  ['ssh-rsa AAAA \u202eevil', ''],
])('the name in %s is %s', (key, name) => {
  expect(nameFromKey(key)).toBe(name)
})
