import { expect, test } from 'vitest'
import { type AuditLog, listOrganizationAuditLogs } from '#contract/audit'
import { inviteMember } from '#contract/invites'
import { removeMember, updateMemberRole } from '#contract/members'
import { updateOrganization } from '#contract/organizations'
import { fakeClock } from '#server/testing/clock'
import { team, type Team } from '#server/testing/team'

const list = async (it: Team, query: Record<string, unknown> = {}) =>
  (await it.as('admin', listOrganizationAuditLogs, { query })).json() as {
    items: AuditLog[]
    next_cursor: string | null
  }
const actions = async (it: Team, query: Record<string, unknown> = {}) =>
  (await list(it, query)).items.map(({ action }) => action)

/** An organization in which a few things happened, three minutes apart. */
async function history() {
  const clock = fakeClock(Date.parse('2026-03-01T10:00:00Z'))
  const it = await team({ clock })
  clock.advance(180_000)
  await it.as('owner', updateOrganization, { body: { name: 'Casa' } })
  clock.advance(180_000)
  await it.as('admin', inviteMember, { body: { email: 'guest@team.example' } })
  clock.advance(180_000)
  await it.as('admin', updateMemberRole, { params: { userId: it.id('user') }, body: { role: 'admin' } })
  await it.as('user', removeMember, { params: { userId: it.id('owner') } })
  clock.advance(180_000)
  await it.as('owner', removeMember, { params: { userId: it.id('user') } })
  return it
}

test('every change has its row, newest first, with who, what and from where', async () => {
  await using it = await history()
  expect((await actions(it)).slice(0, 4)).toEqual([
    'member.removed',
    'member.role_changed',
    'invite.created',
    'organization.updated',
  ])
  const [row] = (await list(it, { action: 'member.role_changed' })).items
  expect(row).toMatchObject({
    organization_id: it.orgId,
    actor_type: 'user',
    actor_id: it.id('admin'),
    actor_name: 'admin@team.example',
    subject_type: 'member',
    subject_id: it.id('user'),
    subject_name: 'user@team.example',
    ip: '127.0.0.1',
    outcome: 'done',
    at: '2026-03-01T10:09:00.000Z',
    details: '{"from":"user","to":"admin"}',
  })
})

test.each([
  [{ action: 'member' }, ['member.removed', 'member.role_changed']],
  [{ action: 'member.removed' }, ['member.removed']],
  [{ action: 'memb' }, []],
  [{ actor: 'ADMIN@team' }, ['member.role_changed', 'invite.created', 'session.created']],
  [{ actor: '%' }, []],
  [{ subject_type: 'invite' }, ['invite.created']],
  [{ since: '2026-03-01T10:07:00Z' }, ['member.removed', 'member.role_changed']],
  [{ since: '2026-03-01T12:07:00+02:00', until: '2026-03-01T12:09:00+02:00' }, ['member.role_changed']],
  [{ action: 'invite', outcome: 'refused' }, []],
  [{ ip: '10.0.0.1' }, []],
])('the filter %j finds what it says', async (filter, expected) => {
  await using it = await history()
  expect(await actions(it, { outcome: 'done', ...filter })).toEqual(expected)
})

test('pages follow one another to the end', async () => {
  await using it = await history()
  const all = await actions(it)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(it, { limit: 2, ...(cursor && { cursor }) })
    expect(page.items.length).toBeLessThanOrEqual(2)
    seen.push(...page.items.map(({ action }) => action))
    cursor = page.next_cursor
  } while (cursor !== null)
  expect(seen).toEqual(all)
})

test('a filter that is not one is refused', async () => {
  await using it = await team()
  const bad = [{ action: 'Member' }, { outcome: 'maybe' }, { since: 'yesterday' }, { cursor: '%%%' }, { limit: 0 }]
  for (const query of bad) {
    expect([query, (await it.as('admin', listOrganizationAuditLogs, { query })).status]).toEqual([query, 400])
  }
})
