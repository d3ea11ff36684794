import type { Operation } from '#contract/operation'

/** An operation whose results are out of date; with `id`, only those about that object. */
export type StaleResult = Operation | { operation: Operation; id: string }

export type EventInput = {
  organization_id: string
  kind: string
  subject?: { type: string; id: string }
  stale?: StaleResult[]
  data?: unknown
}

/** Tells signed-in clients what changed. Call it after commit. */
export type Publish = (event: EventInput) => void
