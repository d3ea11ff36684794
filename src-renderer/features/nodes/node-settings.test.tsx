import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe, type Me } from '#contract/auth'
import { deleteNode, updateNode } from '#contract/nodes'
import { authorizeCalls } from '../../lib/api.ts'
import { buildNode } from '../../testing/nodes.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { NodeSettings } from './node-settings.tsx'

const me = (permissions: string[]): Me => ({
  id: 'u',
  email: 'ana@example.org',
  platform_role: 'admin',
  organization: { id: 'o', name: 'Home', role: 'owner' },
  permissions,
  everywhere: permissions,
  mfa_enabled: false,
  must_enroll_mfa: false,
  has_password: true,
  language: null,
  theme: null,
  created_at: '2026-11-23T12:00:00.000Z',
})
const node = buildNode({ instance_count: 0, labels: { region: 'home' } })

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
  authorizeCalls({ token: async () => 't', renewed: async () => false, organizationId: () => null })
  server.answer(getMe, me(['nodes.update', 'nodes.delete']))
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name)
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

test('what was changed is saved, and said', async () => {
  server.handle(updateNode, ({ body }) => ({ status: 200, body: { ...node, ...(body as object) } }))
  await renderInApp(<NodeSettings node={node} />)
  const save = await screen.findByRole<HTMLButtonElement>('button', { name: 'Save' })
  expect(save.disabled).toBe(true)
  type('Name', 'cellar')
  type('Value', 'office')
  await press('Save')
  expect(server.requests.find(({ operation }) => operation === 'updateNode')?.body).toEqual({
    name: 'cellar',
    labels: { region: 'office' },
  })
  expect(await screen.findByText('Saved')).toBeDefined()
})

test('a mistake is said at its field, and nothing is sent', async () => {
  await renderInApp(<NodeSettings node={node} />)
  await screen.findByRole('button', { name: 'Save' })
  type('First port', '80')
  type('Address for players', 'http://example.org')
  await press('Save')
  expect(field('First port').getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByText('Only a host name or an IP address, without a port.')).toBeDefined()
  expect(server.count(updateNode)).toBe(0)
  await press('Discard changes')
  expect(field('First port').value).toBe('25000')
})

test('a refusal of the server stands in the form, which keeps what was typed', async () => {
  server.handle(updateNode, () => problem(409, 'ports_in_use', 'Servers there use ports outside this range: 26000.'))
  await renderInApp(<NodeSettings node={node} />)
  await screen.findByRole('button', { name: 'Save' })
  type('Last port', '25999')
  await press('Save')
  expect((await screen.findByRole('alert')).textContent).toBe('Servers there use ports outside this range: 26000.')
  expect(field('Last port').value).toBe('25999')
})

test('who may only look sees the settings, but no buttons that would be refused', async () => {
  server.answer(getMe, me(['nodes.view']))
  await renderInApp(<NodeSettings node={node} />)
  expect(await screen.findByText('You may look at these settings but not change them.')).toBeDefined()
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Remove machine' })).toBeNull()
})

test.each([
  [{ instance_count: 2 }, 'It still has 2 servers. Delete them first.'],
  [{ is_local: true }, 'This machine runs Shardlyn itself, so it stays.'],
])('a machine that cannot be removed says why', async (fields, why) => {
  await renderInApp(<NodeSettings node={buildNode({ instance_count: 0, ...fields })} />)
  expect(await screen.findByText(why)).toBeDefined()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Remove machine' }).disabled).toBe(true)
})

test('removing asks for the name and leads back to the list', async () => {
  server.answer(deleteNode, undefined)
  const { router } = await renderInApp(<NodeSettings node={node} />, { path: '/machines/x' })
  fireEvent.click(await screen.findByRole('button', { name: 'Remove machine' }))
  type('Type attic to confirm', 'attic')
  await act(async () => fireEvent.click(screen.getAllByRole('button', { name: 'Remove machine' }).at(-1)!))
  expect(server.count(deleteNode)).toBe(1)
  await vi.waitFor(() => expect(router.state.location.pathname).toBe('/machines'))
})
