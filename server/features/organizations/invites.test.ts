import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import { listWaitingLinks } from '#contract/mail'
import { acceptInvite, deleteInvite, inviteMember, listInvites, previewInvite } from '#contract/invites'
import {
  getMemberPermissions,
  listMembers,
  removeMember,
  setMemberPermission,
  updateMemberRole,
} from '#contract/members'
import { fakeClock } from '#server/testing/clock'
import { team, type Team } from '#server/testing/team'

const accept = (it: Team, who: string, token: string) => it.says(who, acceptInvite, { params: { token } })
const preview = (it: Team, token: string) => it.says('owner', previewInvite, { body: { token } })
const gone = '404 invite_not_found'

test('a link lets whoever has it join, once, with what it says', async () => {
  await using it = await team()
  await it.add('guest', null)
  await it.add('late', null)
  const made = await it.as('admin', inviteMember, { body: { denials: ['instances.create'] } })
  expect([made.status, made.json()]).toEqual([
    201,
    {
      id: expect.any(String),
      email: null,
      role: 'user',
      denials: ['instances.create'],
      instances: [],
      invited_by: 'admin@team.example',
      created_at: expect.any(String),
      expires_at: expect.any(String),
      mailed_at: null,
      link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:80\/invite#token=[\w-]{43}$/),
    },
  ])
  const { link, ...invite } = made.json()
  const token = link.split('#token=')[1]
  expect((await it.as('admin', listInvites)).json()).toEqual({ items: [invite], next_cursor: null })
  expect((await it.app.call(previewInvite, { body: { token } })).json()).toEqual({
    organization_name: 'Home',
    invited_by: 'admin@team.example',
    email: null,
    role: 'user',
    expires_at: invite.expires_at,
  })
  const joined = await it.as('guest', acceptInvite, { params: { token } })
  expect([joined.status, joined.json()]).toMatchObject([200, { id: it.orgId, role: 'user', members: 4 }])
  expect(await accept(it, 'late', token)).toBe(gone)
  expect(await preview(it, token)).toBe(gone)
  expect((await it.as('admin', listInvites)).json().items).toEqual([])
  const { items } = (await it.as('guest', getMemberPermissions, { params: { userId: it.id('guest') } })).json()
  expect(items.find(({ key }: { key: string }) => key === 'instances.create').effective).toBe('none')
})

test('an invitation to an address is for that address alone, and stays good for it', async () => {
  await using it = await team()
  await it.add('guest', null)
  await it.add('thief', null)
  const token = await it.invite('owner', { email: 'Guest@Team.example', role: 'admin' })
  expect(await accept(it, 'thief', token)).toBe('403 invite_for_another')
  expect(await accept(it, 'guest', token)).toBe(200)
  expect((await it.as('guest', getMe)).json().organization).toMatchObject({ id: it.orgId, role: 'admin' })
})

test('who belongs to the organization is neither invited nor takes an invitation from others', async () => {
  await using it = await team()
  await it.add('guest', null)
  expect(await it.says('owner', inviteMember, { body: { email: 'USER@team.example' } })).toBe('409 already_member')
  const token = await it.invite('owner')
  expect(await accept(it, 'user', token)).toBe('409 already_member')
  expect(await accept(it, 'owner', token)).toBe('409 already_member')
  expect(await accept(it, 'guest', token)).toBe(200)
})

test('an invitation expires, and can be taken back', async () => {
  const clock = fakeClock(Date.now())
  await using it = await team({ clock })
  await it.add('guest', null)
  const short = await it.invite('owner', { expires_in: 300 })
  const revoked = await it.as('owner', inviteMember, { body: {} })
  clock.advance(299_000)
  expect(await preview(it, short)).toBe(200)
  clock.advance(1000)
  expect(await preview(it, short)).toBe(gone)
  expect(await accept(it, 'guest', short)).toBe(gone)
  const params = { inviteId: revoked.json().id }
  expect(await it.says('user', deleteInvite, { params })).toBe('403 missing_permission')
  expect(await it.says('admin', deleteInvite, { params })).toBe(204)
  expect(await it.says('admin', deleteInvite, { params })).toBe(gone)
  expect(await accept(it, 'guest', revoked.json().link.split('#token=')[1])).toBe(gone)
  expect((await it.as('owner', listInvites)).json().items).toEqual([])
  for (const expires_in of [299, 2592001, 1.5]) {
    expect(await it.says('owner', inviteMember, { body: { expires_in } })).toBe('400 invalid_request')
  }
})

test('a newer invitation to an address takes the place of the older one', async () => {
  await using it = await team()
  const old = await it.invite('owner', { email: 'guest@team.example' })
  const next = await it.invite('owner', { email: 'guest@team.example' })
  expect([await preview(it, old), await preview(it, next)]).toEqual([gone, 200])
  expect((await it.as('owner', listInvites)).json().items).toHaveLength(1)
})

test('where no mail is set up the link waits for the administrator of the platform, until it is used', async () => {
  await using it = await team()
  await it.add('guest', null)
  const token = await it.invite('admin', { email: 'guest@team.example' })
  await it.invite('admin')
  const waiting = async () => (await it.as('owner', listWaitingLinks)).json().items
  expect(await waiting()).toMatchObject([{ kind: 'invite', email: 'guest@team.example' }])
  expect((await waiting())[0].link).toContain(token)
  expect(await it.says('admin', listWaitingLinks)).toBe('403 admin_only')
  await accept(it, 'guest', token)
  expect(await waiting()).toEqual([])
})

const endings: [string, (it: Team) => Promise<unknown>][] = [
  ['was removed', (it) => it.as('owner', removeMember, { params: { userId: it.id('admin') } })],
  ['left', (it) => it.as('admin', removeMember, { params: { userId: it.id('admin') } })],
  [
    'lost the right',
    (it) =>
      it.as('owner', setMemberPermission, {
        params: { userId: it.id('admin') },
        body: { key: 'members.invite', effect: 'deny' },
      }),
  ],
  [
    'is a user now',
    (it) => it.as('owner', updateMemberRole, { params: { userId: it.id('admin') }, body: { role: 'user' } }),
  ],
  [
    'is suspended',
    (it) =>
      it.app.control.db
        .updateTable('users')
        .set({ suspended_at: new Date().toISOString() })
        .where('id', '=', it.id('admin'))
        .execute(),
  ],
]
test.each(endings)('an invitation of somebody who %s is not good any more; others stay good', async (_, end) => {
  await using it = await team()
  await it.add('guest', null)
  const token = await it.invite('admin', { role: 'admin' })
  const other = await it.invite('owner')
  await end(it)
  expect([await preview(it, token), await accept(it, 'guest', token)]).toEqual([gone, gone])
  expect((await it.as('owner', listInvites)).status).toBe(200)
  expect(await accept(it, 'guest', other)).toBe(200)
})

test('a member who lost one right keeps the invitations that do not give it', async () => {
  await using it = await team()
  const narrow = await it.invite('admin', { denials: ['instances.create'] })
  const wide = await it.invite('admin')
  await it.as('owner', setMemberPermission, {
    params: { userId: it.id('admin') },
    body: { key: 'instances.create', effect: 'deny' },
  })
  expect([await preview(it, narrow), await preview(it, wide)]).toEqual([200, gone])
  expect((await it.as('owner', listInvites)).json().items).toHaveLength(1)
})

test('a user who may invite invites users with no more than they have', async () => {
  await using it = await team()
  await it.add('host', 'user', { grants: ['members.invite'], denials: ['workloads.create'] })
  expect(await it.says('host', inviteMember, { body: { role: 'admin' } })).toBe('403 beyond_own_rights')
  expect(await it.says('host', inviteMember, { body: {} })).toBe('403 beyond_own_rights')
  expect(await it.says('host', inviteMember, { body: { denials: ['workloads.create'] } })).toBe(201)
})

test('neither the answer of a list nor the audit log nor the database has the token of an invitation', async () => {
  await using it = await team()
  const token = await it.invite('owner', { email: 'guest@team.example' })
  const listed = await it.as('owner', listInvites)
  const tables = ['invites', 'audit_logs', 'waiting_links'] as const
  const rows = await Promise.all(tables.map((table) => it.app.control.db.selectFrom(table).selectAll().execute()))
  expect(listed.text + JSON.stringify(rows)).not.toContain(token)
  expect((await it.as('owner', listMembers)).text).not.toContain('guest@')
})
