import type { Audit } from './audit.ts'
import type { Clock } from './clock.ts'

/** So many rows at once of one kind about one thing, and after that so many in a second. */
type Rate = { readonly burst: number; readonly perSecond: number }
type Bucket = { left: number; at: number; unnoted: number }

/** A machine goes and comes, or shows other keys, a few times a day at most. */
export const machineRate: Rate = { burst: 30, perSecond: 1 / 300 }
/** A server that is started and stopped all day. */
export const serverRate: Rate = { burst: 300, perSecond: 1 / 60 }
const BUCKETS_MAX = 2000

/**
 * What machines make us note by themselves has a pace, or one that changes all the time would fill the disk. Rows that were
 * left out are counted in the next one. What people do is always noted.
 */
export function sparing(audit: Audit, clock: Clock, { burst, perSecond }: Rate): Audit {
  const buckets = new Map<string, Bucket>()
  const filled = ({ left, at }: Bucket) => Math.min(burst, left + (Math.max(0, clock.now() - at) / 1000) * perSecond)

  /** A full one with nothing to tell is as good as none. */
  function prune() {
    for (const [key, bucket] of buckets) {
      if (bucket.unnoted === 0 && filled(bucket) >= burst) buckets.delete(key)
    }
    for (const key of buckets.keys()) if (buckets.size > BUCKETS_MAX) buckets.delete(key)
  }

  return async (db, entry) => {
    if (entry.actor.type === 'user') return audit(db, entry)
    const key = `${entry.subject.id} ${entry.action}`
    const bucket = buckets.get(key) ?? { left: burst, at: clock.now(), unnoted: 0 }
    bucket.left = filled(bucket)
    bucket.at = clock.now()
    buckets.set(key, bucket)
    if (buckets.size > BUCKETS_MAX) prune()
    if (bucket.left < 1) return void bucket.unnoted++
    bucket.left -= 1
    const { unnoted } = bucket
    bucket.unnoted = 0
    if (unnoted === 0) return audit(db, entry)
    return audit(db, { ...entry, details: { ...(entry.details as object | undefined), unnoted } })
  }
}
