import type { EventsMessage, ServerEvent } from '#contract/events'
import { type Clock, isoNow } from '#server/clock'
import type { EventInput, StaleResult } from '#server/events'
import type { Visibility } from '#server/http/rights'
import { newId } from '#server/ids'

const KEPT = 2000

type Kept = Pick<EventInput, 'organization_id' | 'makers'> & {
  event: ServerEvent
  text: string
  created_by: string | null
}
/** Who listens: an organization, and which of its servers and machines may be named. Asked at each event, so that it is never old. */
export type Viewer = { organization_id: string; visibility: () => Visibility; seesNodes: () => boolean }

const sees = (visible: Exclude<Visibility, null>, id: string, created_by: string | null) =>
  (created_by !== null && created_by === visible.user_id) || visible.shared.includes(id)

/** That results are old, and of what kind, but nothing of what. */
function withoutNames({ type, seq, at, stale }: ServerEvent): string {
  const general = stale.filter(({ id }) => id === undefined)
  return JSON.stringify({ type, seq, at, kind: 'organization.changed', stale: general } satisfies ServerEvent)
}

/** What a viewer who does not see everything is told: that results are old, but nothing of servers and machines that they do not see. */
function textFor({ event, text, created_by, makers }: Kept, { visibility, seesNodes }: Viewer): string {
  if (event.subject_type === 'node' && !seesNodes()) return withoutNames(event)
  const visible = visibility()
  if (visible === null) return text
  if (makers) {
    const { items } = event.data as { items: { id: string }[] }
    const seen = items.filter(({ id }) => sees(visible, id, makers.get(id) ?? null))
    return JSON.stringify({ ...event, data: { items: seen } } satisfies ServerEvent)
  }
  const { subject_type, subject_id } = event
  if (subject_type !== 'instance' || sees(visible, subject_id ?? '', created_by)) return text
  return withoutNames(event)
}

/** Tells signed-in clients what changed. Publish after commit. The newest events are kept so that a reconnect misses none. */
export function createEventsService(clock: Clock) {
  const run = newId(clock.now())
  const kept: Kept[] = []
  const listeners = new Set<(event: Kept) => void>()
  let seq = 0

  const toStale = (stale: StaleResult) =>
    'operation' in stale
      ? { operation: stale.operation.schema.operationId, id: stale.id }
      : { operation: stale.schema.operationId }

  return {
    run,
    publish({ organization_id, kind, subject, stale = [], data, makers }: EventInput): void {
      const event: ServerEvent = {
        type: 'event',
        seq: ++seq,
        at: isoNow(clock),
        kind,
        ...(subject && { subject_type: subject.type, subject_id: subject.id }),
        stale: stale.map(toStale),
        ...(data !== undefined && { data }),
      }
      // One string for every viewer who sees all: it is not made again for each.
      const text = JSON.stringify(event)
      const entry = { organization_id, event, text, created_by: subject?.created_by ?? null, ...(makers && { makers }) }
      kept.push(entry)
      if (kept.length > KEPT) kept.splice(0, kept.length - KEPT)
      for (const listener of listeners) listener(entry)
    },
    /** What a viewer missed since `after` of this run, and then everything as it happens. Returns what stops it. */
    subscribe(viewer: Viewer, since: { run?: string; after?: number }, send: (text: string) => void): () => void {
      const oldest = kept[0]?.event.seq ?? seq + 1
      const resumed = since.run === run && since.after !== undefined && since.after >= oldest - 1 && since.after <= seq
      send(JSON.stringify({ type: 'hello', seq, resumed, run } satisfies EventsMessage))
      const listener = (entry: Kept) => {
        if (entry.organization_id === viewer.organization_id) send(textFor(entry, viewer))
      }
      if (resumed) for (const entry of kept) if (entry.event.seq > (since.after ?? 0)) listener(entry)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
export type EventsService = ReturnType<typeof createEventsService>
