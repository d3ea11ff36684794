import type { AuditEntry } from '#server/audit'
import { inTransaction } from '#server/db/open'
import type { Deps } from './deps.ts'

/** What is durable waits for the disk, and everybody waits with it: in a flood there is one such wait a second. */
const BATCH_MS = 1000
const PERIOD_MS = 60_000
const MAX_KEYS = 500

const nobody = { type: 'user' as const, id: null, name: null }

/**
 * Writes refused sign-ins into the audit log. One is written at once, those that follow it within a second together. What was
 * turned away before it cost a hash is a row for the first of a kind, and one for the others of the minute that says how many.
 */
export function createRefusals({ db, clock, log, audit }: Pick<Deps, 'db' | 'clock' | 'log' | 'audit'>) {
  const kinds = new Map<string, { entry: AuditEntry; count: number }>()
  let batch: AuditEntry[] = []
  let writing = Promise.resolve()
  let isCalm = true
  let cancelBatch = () => {}
  let cancelPeriod: (() => void) | undefined

  function writeBatch(): Promise<void> {
    const entries = batch
    batch = []
    writing = inTransaction(db, async (db) => {
      for (const entry of entries) await audit(db, entry)
    }).catch((error: unknown) => log.error({ err: error }, 'refused sign-ins could not be recorded'))
    return writing
  }

  function rest() {
    isCalm = false
    cancelBatch = clock.after(BATCH_MS, () => {
      isCalm = true
      if (batch.length === 0) return
      void writeBatch()
      rest()
    })
  }

  async function write(entry: AuditEntry): Promise<void> {
    batch.push({ ...entry, at: new Date(clock.now()).toISOString() })
    if (!isCalm) return
    rest()
    await writeBatch()
  }

  function endPeriod() {
    cancelPeriod?.()
    cancelPeriod = undefined
    for (const { entry, count } of kinds.values()) {
      if (count > 0) batch.push({ ...entry, details: { attempts: count } })
    }
    kinds.clear()
  }

  return {
    /** One that cost a hash: as many as there are hashes. */
    write,
    /** One that was turned away before. */
    async count(key: string, entry: AuditEntry): Promise<void> {
      cancelPeriod ??= clock.after(PERIOD_MS, () => {
        endPeriod()
        if (batch.length > 0) void writeBatch()
      })
      const isNew = !kinds.has(key)
      if (isNew && kinds.size < MAX_KEYS) {
        kinds.set(key, { entry, count: 0 })
        return write(entry)
      }
      const others = { ...entry, organization_id: null, actor: nobody, subject: nobody, ip: null }
      const kind = kinds.get(isNew ? '' : key) ?? { entry: others, count: 0 }
      kinds.set(isNew ? '' : key, { ...kind, count: kind.count + 1 })
    },
    async flush(): Promise<void> {
      endPeriod()
      cancelBatch()
      isCalm = true
      await writing
      if (batch.length > 0) await writeBatch()
    },
  }
}
export type Refusals = ReturnType<typeof createRefusals>
