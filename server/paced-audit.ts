import type { Audit } from './audit.ts'
import type { Rate, RateLimiter } from './http/rate-limit.ts'

/** A machine goes and comes, or shows other keys, a few times a day at most. */
export const machineRate: Rate = { burst: 30, perSecond: 1 / 300 }
/** A server that is started and stopped all day. */
export const serverRate: Rate = { burst: 300, perSecond: 1 / 60 }
const KEYS_MAX = 2000

/**
 * What machines make us note by themselves has a pace, for each thing and kind, or one that changes all the time would fill the disk.
 * Rows that were left out are counted in the next one. What people do is always noted.
 */
export function pacedAudit(audit: Audit, limiter: Pick<RateLimiter, 'take'>, rate: Rate): Audit {
  const unnoted = new Map<string, number>()
  return async (db, entry) => {
    if (entry.actor.type === 'user') return audit(db, entry)
    const key = `${entry.subject.id} ${entry.action}`
    const before = unnoted.get(key) ?? 0
    unnoted.delete(key)
    if (!limiter.take(key, rate).allowed) {
      unnoted.set(key, before + 1)
      for (const oldest of unnoted.keys()) if (unnoted.size > KEYS_MAX) unnoted.delete(oldest)
      return
    }
    if (before === 0) return audit(db, entry)
    return audit(db, { ...entry, details: { ...(entry.details as object | undefined), unnoted: before } })
  }
}
