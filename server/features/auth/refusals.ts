import type { AuditEntry } from '#server/audit'
import { inTransaction } from '#server/db/open'
import type { Deps } from './deps.ts'

const PERIOD_MS = 60_000
const MAX_KEYS = 500

/**
 * Writes refused sign-ins into the audit log. What costs an attacker nothing must not cost us a row each: the first of a kind is
 * written at once, those that follow within a minute as one row that says how many.
 */
export function createRefusals({ db, clock, log, audit }: Pick<Deps, 'db' | 'clock' | 'log' | 'audit'>) {
  const repeated = new Map<string, { entry: AuditEntry; count: number }>()
  let cancel: (() => void) | undefined

  async function flush(): Promise<void> {
    cancel?.()
    cancel = undefined
    const entries = [...repeated.values()].filter(({ count }) => count > 0)
    repeated.clear()
    if (entries.length === 0) return
    await inTransaction(db, async (db) => {
      for (const { entry, count } of entries) await audit(db, { ...entry, details: { attempts: count } })
    })
  }
  const flushLater = () =>
    clock.after(
      PERIOD_MS,
      () => void flush().catch((error: unknown) => log.error({ err: error }, 'refused sign-ins could not be recorded')),
    )

  return {
    /** One that cost a hash: as many as there are hashes. */
    write: (entry: AuditEntry) => audit(db, entry),
    /** One that was turned away before. */
    async count(key: string, entry: AuditEntry): Promise<void> {
      cancel ??= flushLater()
      const known = repeated.get(key)
      if (known) known.count++
      else if (repeated.size < MAX_KEYS) {
        repeated.set(key, { entry, count: 0 })
        await audit(db, entry)
      } else {
        const nobody = { type: 'user' as const, id: null, name: null }
        const rest = repeated.get('') ?? {
          entry: { ...entry, organization_id: null, actor: nobody, subject: nobody, ip: null },
          count: 0,
        }
        repeated.set('', { ...rest, count: rest.count + 1 })
      }
    },
    flush,
  }
}
export type Refusals = ReturnType<typeof createRefusals>
