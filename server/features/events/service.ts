import type { EventsMessage, ServerEvent } from '#contract/events'
import { type Clock, isoNow } from '#server/clock'
import type { EventInput, StaleResult } from '#server/events'
import { newId } from '#server/ids'

const KEPT = 2000

type Kept = { organization_id: string; event: ServerEvent; text: string }
type Listener = (organizationId: string, text: string) => void

/** Tells signed-in clients what changed. Publish after commit. The newest events are kept so that a reconnect misses none. */
export function createEventsService(clock: Clock) {
  const run = newId(clock.now())
  const kept: Kept[] = []
  const listeners = new Set<Listener>()
  let seq = 0

  const toStale = (stale: StaleResult) =>
    'operation' in stale
      ? { operation: stale.operation.schema.operationId, id: stale.id }
      : { operation: stale.schema.operationId }

  return {
    run,
    publish({ organization_id, kind, subject, stale = [], data }: EventInput): void {
      const event: ServerEvent = {
        type: 'event',
        seq: ++seq,
        at: isoNow(clock),
        kind,
        ...(subject && { subject_type: subject.type, subject_id: subject.id }),
        stale: stale.map(toStale),
        ...(data !== undefined && { data }),
      }
      // One string for every viewer: it is not made again for each.
      const text = JSON.stringify(event)
      kept.push({ organization_id, event, text })
      if (kept.length > KEPT) kept.splice(0, kept.length - KEPT)
      for (const listener of listeners) listener(organization_id, text)
    },
    /** What a viewer missed since `after` of this run, and then everything as it happens. Returns what stops it. */
    subscribe(
      organizationId: string,
      since: { run?: string; after?: number },
      send: (text: string) => void,
    ): () => void {
      const oldest = kept[0]?.event.seq ?? seq + 1
      const resumed = since.run === run && since.after !== undefined && since.after >= oldest - 1 && since.after <= seq
      send(JSON.stringify({ type: 'hello', seq, resumed, run } satisfies EventsMessage))
      if (resumed) {
        for (const entry of kept) {
          if (entry.organization_id === organizationId && entry.event.seq > (since.after ?? 0)) send(entry.text)
        }
      }
      const listener: Listener = (organization, text) => {
        if (organization === organizationId) send(text)
      }
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
export type EventsService = ReturnType<typeof createEventsService>
