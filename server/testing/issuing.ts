import type { Caller } from '#server/http/caller'
import { systemClock } from '#server/clock'
import { createSeal } from '#server/db/seal'
import { createActivityService } from '#server/features/activity/service'
import { createCa } from '#server/features/ssh/ca'
import { createIssuing } from '#server/features/ssh/issuing'
import type { TestApp } from './app.ts'
import { publicKeyLine } from './ssh-keys.ts'

/** Issues certificates as the service does, with their rows and audit lines, but without a limit of how many. */
export async function unlimitedIssuing(app: TestApp) {
  const { db } = app.control
  const clock = systemClock
  const { audit } = createActivityService({ db, clock, onWritten: () => {} })
  const limiter = { take: () => ({ allowed: true, limit: 1, remaining: 1, reset: 0, retryAfter: 0 }) }
  const issue = createIssuing({
    db,
    clock,
    audit,
    ca: createCa({ clock, seal: createSeal(Buffer.alloc(32, 7)) }),
    limiter,
  })
  const admin = await db
    .selectFrom('users')
    .select(['id', 'email', 'default_organization_id'])
    .executeTakeFirstOrThrow()
  const rights = new Set(['nodes.ssh.login', 'nodes.ssh.root'] as const)
  const caller: Caller = {
    user_id: admin.id,
    email: admin.email,
    session_id: 'session',
    credential: 'session',
    platform_role: 'admin',
    organization_id: admin.default_organization_id ?? '',
    role: 'owner',
    permissions: rights,
    everywhere: rights,
    own: rights,
    shared: new Map(),
    is_scoped: false,
    must_enroll_mfa: false,
    ip: '127.0.0.1',
  }
  const public_key = publicKeyLine()
  return () => issue(caller, { public_key, principals: ['deploy'] })
}
