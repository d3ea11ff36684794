import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createApiToken, deleteApiToken, listApiTokens } from '#contract/api-tokens'
import { getMe } from '#contract/auth'
import { listPermissions } from '#contract/members'
import { buildMe } from '../../testing/instances.ts'
import { fakeServer } from '../../testing/server.ts'
import { TokensPage } from './tokens-page.tsx'

let server: ReturnType<typeof fakeServer>
const token = {
  id: 't1',
  name: 'Backup script',
  organization_id: 'o',
  organization_name: 'Home',
  scopes: null as string[] | null,
  expires_at: null as string | null,
  last_used_at: null,
  last_used_ip: null,
  created_at: '2026-11-23T12:00:00.000Z',
}
const permission = (key: string) => ({
  key,
  description: key,
  roles: [],
  grantable: true,
  shareable: false,
  owned: false,
})
beforeEach(() => {
  server = fakeServer()
  server.answer(getMe, buildMe(['instances.view', 'instances.power', 'nodes.view']))
  server.answer(listApiTokens, { items: [], next_cursor: null })
  server.answer(listPermissions, {
    items: ['nodes.view', 'nodes.delete', 'instances.view', 'instances.power'].map(permission),
    next_cursor: null,
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

async function openForm(): Promise<HTMLElement> {
  await renderInApp(<TokensPage />)
  await screen.findByText('No tokens yet')
  await press('Create a token')
  return screen.findByRole('dialog')
}
const submit = (dialog: HTMLElement) =>
  act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Create a token' })))

test('a token of chosen scopes is made, shown once, and gone when it is copied', async () => {
  server.handle(createApiToken, () => ({ status: 201, body: { ...token, token: 'shardlyn_api_secret' } }))
  const dialog = await openForm()
  await submit(dialog)
  expect(within(dialog).getByText(/Give it a name/)).toBeDefined()
  fireEvent.change(within(dialog).getByLabelText('Name'), { target: { value: 'Backup script' } })
  await press('Only what I choose')
  await submit(dialog)
  expect(within(dialog).getByRole('alert').textContent).toBe('Choose at least one permission.')
  expect(server.count(createApiToken)).toBe(0)

  fireEvent.click(await within(dialog).findByRole('checkbox', { name: /All of Servers/ }))
  expect(within(dialog).queryByText('nodes.delete')).toBeNull()
  await submit(dialog)
  expect(server.requests.find(({ operation }) => operation === 'createApiToken')?.body).toEqual({
    name: 'Backup script',
    expires_in: 90 * 86_400,
    scopes: ['instances.view', 'instances.power'],
  })
  expect(await screen.findByText('shardlyn_api_secret')).toBeDefined()
  expect(screen.getByText(/^curl -H "Authorization: Bearer shardlyn_api_secret"/)).toBeDefined()
  await press('I have copied it')
  await vi.waitFor(() => expect(screen.queryByText('shardlyn_api_secret')).toBeNull())
})

test('a token says what it may do and when it ends, and is deleted after one more question', async () => {
  server.answer(listApiTokens, {
    items: [{ ...token, scopes: ['nodes.view'], expires_at: '2020-01-01T00:00:00.000Z' }],
    next_cursor: null,
  })
  server.answer(deleteApiToken, undefined)
  await renderInApp(<TokensPage />)
  expect(await screen.findByText('1 permission')).toBeDefined()
  expect(screen.getByText('Expired')).toBeDefined()
  await press('Delete Backup script')
  await screen.findByRole('alertdialog')
  await press('Delete')
  expect(server.count(deleteApiToken)).toBe(1)
})
