import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type InstanceAccess, listInstanceAccess, removeInstanceAccess, shareInstance } from '#contract/access'
import { getMe } from '#contract/auth'
import { listMembers } from '#contract/members'
import { authorizeCalls } from '../../lib/api.ts'
import { buildInstance, buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { AccessTab } from './access-tab.tsx'
import { presets } from './presets.ts'

const at = '2026-11-23T12:00:00.000Z'
const bob: InstanceAccess = {
  user_id: 'bob',
  email: 'bob@example.org',
  permissions: [...presets.watch],
  created_at: at,
  updated_at: at,
}
let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
  authorizeCalls({ token: async () => 't', renewed: async () => false, organizationId: () => null })
  server.answer(getMe, buildMe(['members.view', 'members.invite']))
  server.answer(listInstanceAccess, { items: [bob], next_cursor: null })
  server.answer(listMembers, { items: [], next_cursor: null })
  server.answer(shareInstance, bob)
  server.answer(removeInstanceAccess, undefined)
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const type = (text: string) =>
  act(async () => fireEvent.change(screen.getByLabelText('E-mail address of a member'), { target: { value: text } }))
const bodies = () => server.requests.filter(({ operation }) => operation === 'shareInstance').map(({ body }) => body)

test('a server is shared by address, to be watched unless more is chosen', async () => {
  await renderInApp(<AccessTab instance={buildInstance()} />)
  await screen.findByText('bob@example.org')
  await type(' carla@example.org ')
  await press('Share')
  expect(bodies()).toEqual([{ email: 'carla@example.org', permissions: presets.watch }])
})

test('an address that is no member is told, with the way to invite it', async () => {
  server.handle(shareInstance, () => problem(404, 'member_not_found', 'Nobody.'))
  await renderInApp(<AccessTab instance={buildInstance()} />)
  await type('stranger@example.org')
  await press('Share')
  expect(await screen.findByText(/Nobody in this organization has that address/)).toBeDefined()
  expect(screen.getByRole('link', { name: 'Invite people' })).toBeDefined()
})

test('nothing is asked of the server without an address', async () => {
  await renderInApp(<AccessTab instance={buildInstance()} />)
  await screen.findByText('bob@example.org')
  await press('Share')
  expect(screen.getByText('Enter the e-mail address of a member.')).toBeDefined()
  expect(bodies()).toEqual([])
})

test('sharing is ended at once and given back as it was', async () => {
  await renderInApp(<AccessTab instance={buildInstance()} />)
  await screen.findByText('bob@example.org')
  await press('Stop sharing with bob@example.org')
  expect(server.count(removeInstanceAccess)).toBe(1)
  await screen.findByRole('button', { name: 'Undo' })
  await press('Undo')
  expect(bodies()).toEqual([{ email: 'bob@example.org', permissions: presets.watch }])
})

test('who may do more here than the one who looks is not theirs to change', async () => {
  server.answer(listInstanceAccess, {
    items: [{ ...bob, permissions: [...presets.manage] }],
    next_cursor: null,
  })
  const rights = [...presets.watch, 'instances.access' as const]
  await renderInApp(<AccessTab instance={buildInstance({ rights })} />)
  await screen.findByText('bob@example.org')
  expect(screen.queryByRole('button', { name: 'Stop sharing with bob@example.org' })).toBeNull()
})
