import type { Clock } from '#server/clock'

/** `perSecond` in the long run, `burst` at once. */
export type Rate = { readonly perSecond: number; readonly burst: number }
export type Verdict = {
  allowed: boolean
  limit: number
  remaining: number
  /** Unix seconds when the bucket is full again. */ reset: number
  retryAfter: number
}

const MAX_BUCKETS = 50_000

/** A token bucket for each key, in memory: one process serves the API. */
export function createRateLimiter(clock: Clock) {
  const buckets = new Map<string, { tokens: number; at: number }>()

  const prune = (now: number) => {
    for (const [key, bucket] of buckets) {
      if (now - bucket.at > 120_000 || buckets.size > MAX_BUCKETS) buckets.delete(key)
    }
  }

  return {
    take(key: string, { perSecond, burst }: Rate): Verdict {
      const now = clock.now()
      if (buckets.size > MAX_BUCKETS) prune(now)
      const bucket = buckets.get(key) ?? { tokens: burst, at: now }
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
      bucket.at = now
      const allowed = bucket.tokens >= 1
      if (allowed) bucket.tokens -= 1
      buckets.set(key, bucket)
      return {
        allowed,
        limit: burst,
        remaining: Math.floor(bucket.tokens),
        reset: Math.ceil((now + ((burst - bucket.tokens) / perSecond) * 1000) / 1000),
        retryAfter: allowed ? 0 : Math.ceil((1 - bucket.tokens) / perSecond),
      }
    },
  }
}
export type RateLimiter = ReturnType<typeof createRateLimiter>
