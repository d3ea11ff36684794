import type { Operation } from '#contract/operation'

/** An operation whose results are out of date; with `id`, only those about that object. */
export type StaleResult = Operation | { operation: Operation; id: string }

export type EventInput = {
  organization_id: string
  kind: string
  /** `created_by` of a server says who sees its events besides those who see all. */
  subject?: { type: string; id: string; created_by?: string | null }
  stale?: StaleResult[]
  data?: unknown
  /** Of events about many servers at once: who made each. `data` is then `{ items: { id }[] }`. */
  makers?: ReadonlyMap<string, string | null>
}

/** Tells signed-in clients what changed. Call it after commit. */
export type Publish = (event: EventInput) => void
