import { type AuditEntry, byCaller } from '#server/audit'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { invalid } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { MfaDeps } from './deps.ts'
import type { Tries } from './tries.ts'

export const wrongCode = 'This code is wrong or was used already. Wait for the next one and try again.'

type Who = Pick<AuditEntry, 'organization_id' | 'actor' | 'ip'>

/** Writes down that somebody did not prove who they are. */
export const refused = (who: Who, reason: string): AuditEntry => ({
  ...who,
  action: 'mfa.refused',
  subject: { type: 'user', id: who.actor.id, name: who.actor.name },
  outcome: 'refused',
  reason,
})

/**
 * What a signed-in person may do with a code only: `prove` uses the code up in the transaction of what it is for, so that a code
 * is never spent on something that did not happen. A wrong one stays in the audit log.
 */
export const createProof =
  ({ db, audit }: Pick<MfaDeps, 'db' | 'audit'>, tries: Tries) =>
  async <W, T>(
    caller: Caller,
    prove: (db: Db) => Promise<W | undefined>,
    work: (db: Db, way: W) => Promise<T>,
  ): Promise<T> => {
    tries.take(caller.user_id)
    const done = await inTransaction(db, async (db) => {
      const way = await prove(db)
      if (way === undefined) {
        await audit(db, refused(byCaller(caller), 'wrong_code'))
        return undefined
      }
      return { result: await work(db, way) }
    })
    if (!done) throw invalid('wrong_code', wrongCode)
    return done.result
  }
