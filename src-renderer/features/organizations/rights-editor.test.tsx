import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listMembers, type MemberPermissions, removeMemberPermission, setMemberPermission } from '#contract/members'
import { authorizeCalls } from '../../lib/api.ts'
import { buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { RightsEditor } from './rights-editor.tsx'

const right = (key: string, fields: Partial<MemberPermissions['items'][number]> = {}) => ({
  key,
  by_role: true,
  effect: null,
  effective: 'own' as const,
  ...fields,
})
const rights: MemberPermissions = {
  user_id: 'bob',
  role: 'user',
  items: [
    right('instances.power'),
    right('nodes.create', { by_role: false, effective: 'none' }),
    right('members.invite', { by_role: false, effect: 'grant', effective: 'all' }),
  ],
}
let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
  authorizeCalls({ token: async () => 't', renewed: async () => false, organizationId: () => null })
  server.answer(setMemberPermission, rights)
  server.answer(removeMemberPermission, rights)
  server.answer(listMembers, { items: [], next_cursor: null })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const show = (isReadOnly = false, held = ['instances.power', 'members.invite']) =>
  renderInApp(<RightsEditor me={buildMe(held)} orgId="o" rights={rights} isReadOnly={isReadOnly} shares={0} />)
const choice = (words: string) => within(screen.getByRole('group', { name: `Setting for: ${words}` }))
const press = (element: HTMLElement) => act(async () => fireEvent.click(element))
const POWER = 'Start, stop, restart and kill servers'

test('each right says what the role gives and what comes of it', async () => {
  await show()
  const row = (await screen.findByText(POWER)).closest('li')!
  expect(within(row).getByText('By role: own only')).toBeDefined()
  expect(within(row).getByText('Own only')).toBeDefined()
  expect(choice(POWER).getByRole('button', { name: 'Default' }).getAttribute('aria-pressed')).toBe('true')
})

test('a right is denied at once, and undone again', async () => {
  await show()
  await press(choice(POWER).getByRole('button', { name: 'Deny' }))
  expect(server.requests.find(({ operation }) => operation === 'setMemberPermission')?.body).toEqual({
    key: 'instances.power',
    effect: 'deny',
  })

  await press(await screen.findByRole('button', { name: 'Undo' }))
  expect(server.count(removeMemberPermission)).toBe(1)
})

test('back to the default takes the grant away', async () => {
  await show()
  await press(choice('Invite people, and see and revoke invitations').getByRole('button', { name: 'Default' }))
  expect(server.count(removeMemberPermission)).toBe(1)
  expect(server.count(setMemberPermission)).toBe(0)
})

test('nobody is offered to allow what they do not hold themselves', async () => {
  await show()
  const add = choice('Add machines')
  expect(add.getByRole<HTMLButtonElement>('button', { name: 'Allow' }).disabled).toBe(true)
  expect(add.getByRole<HTMLButtonElement>('button', { name: 'Deny' }).disabled).toBe(false)
})

test('who may only look gets the results and no buttons', async () => {
  await show(true)
  await screen.findByText(POWER)
  expect(screen.queryByRole('group')).toBeNull()
  expect(screen.getByText('Own only')).toBeDefined()
})

test('only what differs from the role can be shown', async () => {
  await show()
  await press(await screen.findByRole('switch'))
  expect(screen.queryByText(POWER)).toBeNull()
  expect(screen.getByText('Invite people, and see and revoke invitations')).toBeDefined()
})

test('a refusal is told and changes nothing', async () => {
  server.handle(setMemberPermission, () =>
    problem(403, 'role_too_low', 'Only somebody with a higher role may do this.'),
  )
  await show()
  await press(choice(POWER).getByRole('button', { name: 'Allow' }))
  // Once to be seen, once to be read aloud.
  expect(await screen.findAllByText('Only somebody with a higher role may do this.')).not.toEqual([])
  expect(choice(POWER).getByRole('button', { name: 'Default' }).getAttribute('aria-pressed')).toBe('true')
})
