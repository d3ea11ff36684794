import type { Operation } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Log } from '#server/log'
import type { Caller } from './caller.ts'

const QUIET_MS = 10_000
const MAX_KNOWN = 5000

/**
 * Writes what somebody was not allowed into the audit log, once in ten seconds for a person and an operation: whoever knocks a
 * hundred times a second must not make the disk work for it.
 */
export function createRefusals({ db, clock, audit, log }: { db: Db; clock: Clock; audit: Audit; log: Log }) {
  const told = new Map<string, number>()
  return (caller: Caller, operation: Operation, subjectId: string | null, code: string): void => {
    const { operationId } = operation.schema
    const key = `${caller.user_id} ${operationId}`
    const now = clock.now()
    if (now - (told.get(key) ?? -Infinity) < QUIET_MS) return
    if (told.size >= MAX_KNOWN) told.clear()
    told.set(key, now)
    audit(db, {
      ...byCaller(caller),
      action: 'access.refused',
      subject: { type: 'operation', id: subjectId, name: operationId },
      outcome: 'refused',
      reason: code,
    }).catch((error: unknown) => log.error({ err: error }, 'a refusal could not be recorded'))
  }
}
