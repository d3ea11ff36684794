import { expect, test } from 'vitest'
import { createRegisterToken } from '#contract/nodes'
import { inviteMember } from '#contract/invites'
import { testApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

test('what somebody may not do is in the audit log, once in ten seconds however often they try', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const { token } = await app.addPerson({ email: 'curious@example.com', role: 'user' })
  const refused = () =>
    app.control.database
      .prepare(`select actor_name, subject_name, reason, outcome from audit_logs where action = 'access.refused'`)
      .all()
  for (let i = 0; i < 50; i++) expect((await app.call(createRegisterToken, { body: {} }, { token })).status).toBe(403)
  const line = {
    actor_name: 'curious@example.com',
    subject_name: 'createRegisterToken',
    reason: 'missing_permission',
    outcome: 'refused',
  }
  await expect.poll(refused).toEqual([line])
  clock.advance(10_000)
  await app.call(createRegisterToken, { body: {} }, { token })
  await expect.poll(refused).toEqual([line, line])
  const { organization_id: orgId } = await app.control.db
    .selectFrom('memberships')
    .select('organization_id')
    .executeTakeFirstOrThrow()
  await app.call(inviteMember, { params: { orgId }, body: {} }, { token })
  await expect.poll(refused).toHaveLength(3)
})
