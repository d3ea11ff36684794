import type { Session } from '#contract/users'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { notFound, unauthorized } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import type { Origin, SignIn, Way } from '#server/sign-in'
import type { Deps } from '../deps.ts'
import { findActiveUser, noteSignIn } from '../store.ts'
import { REFRESH_MS, type Refresh } from './refresh.ts'
import * as store from './store.ts'

const CHALLENGE_MS = 5 * 60_000

/** Opens and ends sessions. */
export function createSessions(deps: Deps, refresh: Refresh) {
  const { db, clock, audit, live } = deps

  const signIn: SignIn = {
    async open(db, userId, origin, way) {
      const user = await findActiveUser(db, userId)
      if (!user) throw unauthorized('wrong_credentials', 'This account is not open for signing in.')
      const id = newId(clock.now())
      const now = isoNow(clock)
      await store.insertSession(db, {
        id,
        user_id: user.id,
        ip: origin.ip,
        user_agent: origin.user_agent?.slice(0, 300) ?? null,
        created_at: now,
        last_used_at: now,
        revoked_at: null,
        revoked_reason: null,
      })
      await audit(db, {
        organization_id: user.default_organization_id,
        actor: { type: 'user', id: user.id, name: user.email },
        action: 'session.created',
        subject: { type: 'session', id, name: null },
        ip: origin.ip,
        details: { way },
      })
      await noteSignIn(db, user.id, now)
      return refresh.begin(db, id)
    },
    async firstFactorDone(db, userId, origin, way) {
      const methods = await deps.secondFactors.methods(db, userId)
      if (methods.length === 0) return signIn.open(db, userId, origin, way)
      const user = await findActiveUser(db, userId)
      if (!user) throw unauthorized('wrong_credentials', 'This account is not open for signing in.')
      const challenge = { kind: 'mfa', user_id: userId, data: { way }, ip: origin.ip, lifeMs: CHALLENGE_MS } as const
      const challenge_token = await deps.challenges.begin(db, challenge)
      await audit(db, {
        organization_id: user.default_organization_id,
        actor: { type: 'user', id: user.id, name: user.email },
        action: 'session.second_factor_asked',
        subject: { type: 'user', id: user.id, name: user.email },
        ip: origin.ip,
        details: { way, methods },
      })
      return { mfa_required: true, challenge_token, expires_in: CHALLENGE_MS / 1000, methods }
    },
    async endOthers(userId, exceptSessionId, reason) {
      await inTransaction(db, (db) => endAll(db, userId, exceptSessionId, reason))
      live.endUser(userId, exceptSessionId)
    },
  }

  /** In the transaction of what it follows from; `live.endUser` comes after commit. */
  async function endAll(db: Db, userId: string, exceptSessionId: string | undefined, reason: string) {
    const ended = await store.revokeSessionsOf(db, userId, exceptSessionId, isoNow(clock), reason)
    await deps.challenges.end(db, userId, 'mfa')
    return ended.length
  }

  async function end(caller: Caller, sessionId: string, reason: string): Promise<boolean> {
    const ended = await inTransaction(db, async (db) => {
      const ended = await store.revokeSession(db, sessionId, caller.user_id, isoNow(clock), reason)
      if (!ended) return false
      const subject = { type: 'session', id: sessionId, name: null }
      await audit(db, { ...byCaller(caller), action: 'session.ended', subject, reason })
      return true
    })
    if (ended) live.endSession(sessionId)
    return ended
  }

  return {
    signIn,
    endAll,
    /** An access token for a person, without a password: tests. */
    async openFor(userId: string, way: Way): Promise<string> {
      const origin: Origin = { ip: '127.0.0.1', user_agent: null, is_local: true, host: 'localhost' }
      const { access_token } = await inTransaction(db, (db) => signIn.open(db, userId, origin, way))
      return access_token
    },
    async list(caller: Caller): Promise<{ items: Session[] }> {
      const since = new Date(clock.now() - REFRESH_MS).toISOString()
      const rows = await store.listSessions(db, caller.user_id, since)
      return { items: rows.map((row) => ({ ...row, is_current: row.id === caller.session_id })) }
    },
    async revoke(caller: Caller, sessionId: string): Promise<void> {
      if (!(await end(caller, sessionId, 'revoked'))) {
        throw notFound('session_not_found', 'There is no such session, or it has ended already.')
      }
    },
    async logout(caller: Caller): Promise<void> {
      await end(caller, caller.session_id, 'logout')
    },
    async logoutEverywhere(caller: Caller): Promise<void> {
      await inTransaction(db, async (db) => {
        const sessions = await endAll(db, caller.user_id, undefined, 'logout_everywhere')
        const subject = { type: 'user', id: caller.user_id, name: caller.email }
        await audit(db, { ...byCaller(caller), action: 'session.all_ended', subject, details: { sessions } })
      })
      live.endUser(caller.user_id)
    },
  }
}
export type Sessions = ReturnType<typeof createSessions>
