import { createHash } from 'node:crypto'
import type { Tokens } from '#contract/auth'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { unauthorized } from '#server/errors'
import { newSecret } from '#server/ids'
import { ACCESS_SECONDS } from '../access-tokens.ts'
import type { Deps } from '../deps.ts'
import * as store from './store.ts'

export const REFRESH_MS = 30 * 24 * 3600 * 1000
/** Two tabs may send the same refresh token; the second within this time is not a thief. */
const OVERLAP_MS = 10_000

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The tokens of a session. A refresh token is good for one use, and the use of an old one ends its whole family. */
export function createRefresh({ db, clock, audit, tokens, live }: Deps) {
  async function addRefreshToken(db: Db, session_id: string): Promise<string> {
    const token = newSecret()
    const now = clock.now()
    await store.insertRefreshToken(db, {
      token_hash: sha256(token),
      session_id,
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + REFRESH_MS).toISOString(),
      used_at: null,
      replaced_by: null,
    })
    return token
  }

  const answer = (sessionId: string, refresh_token: string): Tokens => ({
    access_token: tokens.issue(sessionId),
    refresh_token,
    expires_in: ACCESS_SECONDS,
    token_type: 'Bearer',
  })

  /** Only the token before the newest one, and only for a moment: tabs that share it ask at the same time. */
  async function isOverlap(db: Db, { used_at, replaced_by }: { used_at: string; replaced_by: string | null }) {
    if (clock.now() - Date.parse(used_at) > OVERLAP_MS || replaced_by === null) return false
    const replacement = await store.findRefreshToken(db, replaced_by)
    return replacement !== undefined && replacement.used_at === null
  }

  async function endFamily(db: Db, found: NonNullable<Awaited<ReturnType<typeof store.findRefreshToken>>>, ip: string) {
    await store.revokeSession(db, found.session_id, found.user_id, isoNow(clock), 'refresh_token_reused')
    await audit(db, {
      organization_id: found.default_organization_id,
      actor: { type: 'user', id: found.user_id, name: found.email },
      action: 'session.revoked',
      subject: { type: 'session', id: found.session_id, name: null },
      ip,
      reason: 'refresh_token_reused',
    })
  }

  return {
    /** The first tokens of a new session, in the transaction that opens it. */
    begin: async (db: Db, sessionId: string): Promise<Tokens> =>
      answer(sessionId, await addRefreshToken(db, sessionId)),

    async refresh(token: string, ip: string): Promise<Tokens> {
      const hash = sha256(token)
      let endedSession: string | undefined
      const made = await inTransaction(db, async (db) => {
        const found = await store.findRefreshToken(db, hash)
        if (!found || found.revoked_at !== null || found.suspended_at !== null || found.expires_at <= isoNow(clock)) {
          return undefined
        }
        const { session_id, used_at, replaced_by } = found
        if (used_at !== null && !(await isOverlap(db, { used_at, replaced_by }))) {
          await endFamily(db, found, ip)
          endedSession = session_id
          return undefined
        }
        const next = await addRefreshToken(db, session_id)
        const spent = await store.spendRefreshToken(db, hash, isoNow(clock), sha256(next))
        if (!spent) await store.moveReplacement(db, hash, sha256(next))
        await store.touchSession(db, session_id, isoNow(clock))
        return answer(session_id, next)
      })
      if (endedSession !== undefined) live.endSession(endedSession)
      if (!made) throw unauthorized('session_ended', 'Your session has ended. Sign in again.')
      return made
    },
  }
}
export type Refresh = ReturnType<typeof createRefresh>
