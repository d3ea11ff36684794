import { getCertificate, listCaKeys, listCertificates } from '#contract/ssh'
import { type Audit, type AuditEntry, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { loginRights } from './login-rights.ts'
import * as store from './store.ts'

type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  /** After commit: the certificates that are good no more. */
  onRevoked: (ids: readonly string[]) => void
}
type Why = { caller: Caller; reason: string | null } | { caller: null; reason: string }

/** Takes certificates back: by a person, or because what they were given for has ended. */
export function createRevoking({ db, clock, audit, publish, onRevoked }: Deps) {
  /** Revokes what `choose` finds, in its transaction. Those that are revoked already are left as they are. */
  async function revoke(choose: (db: Db, now: string) => Promise<readonly string[]>, why: Why): Promise<string[]> {
    const done = await inTransaction(db, async (db) => {
      const now = isoNow(clock)
      const revoked = []
      for (const id of await choose(db, now)) {
        const change = { revoked_at: now, revoked_by: why.caller?.email ?? null, revoke_reason: why.reason }
        const row = await store.revokeCertificate(db, id, change)
        if (!row) continue
        revoked.push(row)
        const who: Pick<AuditEntry, 'organization_id' | 'actor'> = why.caller
          ? byCaller(why.caller)
          : { organization_id: row.organization_id, actor: { type: 'system', id: null, name: null } }
        await audit(db, {
          ...who,
          action: 'ssh_certificate.revoked',
          subject: { type: 'ssh_certificate', id: row.id, name: row.email },
          details: { serial_number: row.serial_number, key_id: row.key_id, reason: why.reason },
        })
      }
      if (revoked.length > 0) await store.growKrl(db, now)
      return revoked
    })
    if (done.length === 0) return []
    const ids = done.map(({ id }) => id)
    onRevoked(ids)
    for (const organization_id of new Set(done.map((row) => row.organization_id))) {
      publish({
        organization_id,
        kind: 'ssh_certificate.revoked',
        stale: [listCertificates, getCertificate, listCaKeys],
      })
    }
    return ids
  }

  const LOST = 'The right to log in ended.'

  /** Of everybody who is meant: what they hold beyond the rights that they have now. */
  const recheck = (only: { user_id?: string; organization_id?: string }) =>
    revoke(
      async (db, now) => {
        const lost: string[] = []
        for (const { organization_id, user_id } of await store.listHolders(db, now, only)) {
          const rights = await loginRights(db, organization_id, user_id)
          for (const { id, principals } of await store.listGoodOf(db, now, organization_id, user_id)) {
            const isRoot = (JSON.parse(principals) as string[]).includes('root')
            if (!rights.login || (isRoot && !rights.root)) lost.push(id)
          }
        }
        return lost
      },
      { caller: null, reason: LOST },
    )

  return {
    byPerson: (caller: Caller, id: string, reason: string | null) => revoke(async () => [id], { caller, reason }),
    recheck,
    endSession: (sessionId: string) =>
      revoke(async (db, now) => (await store.listGoodOfSession(db, now, sessionId)).map(({ id }) => id), {
        caller: null,
        reason: 'The session or API token that it was made in ended.',
      }),
    endSessionsOf: (userId: string, except: string | undefined) =>
      revoke(async (db, now) => (await store.listGoodOfSessions(db, now, userId, except)).map(({ id }) => id), {
        caller: null,
        reason: 'The session that it was made in ended.',
      }),
  }
}
export type Revoking = ReturnType<typeof createRevoking>
