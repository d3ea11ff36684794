import fs from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { OutboxEvent } from '#contract/agent'
import { writeDurably } from './state.ts'

export type OutboxEntry = Pick<OutboxEvent, 'at' | 'instance' | 'activity' | 'crash_log'>
export type Outbox = ReturnType<typeof createOutbox>

/**
 * Events that the control plane has not yet acknowledged, in one append-only file: a first line with the next number,
 * then an event a line. An event is handed to subscribers once it is on the disk, so that no number is given twice.
 */
export function createOutbox({ file, limit = 10_000 }: { file: string; limit?: number }) {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  let { next, events } = load(file)
  let durable = next - 1
  let acknowledged = 0
  let handle: FileHandle | undefined
  let rewrite = false
  let working: Promise<void> | undefined
  let closed = false
  const subscribers = new Set<(event: OutboxEvent) => void>()

  async function work() {
    while (rewrite || durable < next - 1) {
      const from = durable
      const upTo = next - 1
      try {
        if (rewrite) {
          rewrite = false
          await handle?.close()
          handle = undefined
          const lines = [{ next }, ...events].map((line) => JSON.stringify(line))
          await writeDurably(file, `${lines.join('\n')}\n`)
        } else {
          const batch = events.filter((event) => event.seq > from && event.seq <= upTo)
          handle ??= await open(file, 'a', 0o600)
          await handle.appendFile(batch.map((event) => `${JSON.stringify(event)}\n`).join(''))
          await handle.datasync()
        }
      } catch (error) {
        // Half a line may stand at the end now; the next write replaces the file.
        rewrite = true
        throw error
      }
      durable = upTo
      for (const event of events.filter((event) => event.seq > from && event.seq <= upTo)) {
        for (const subscriber of subscribers) subscriber(event)
      }
    }
  }
  function schedule(): Promise<void> {
    working ??= work().finally(() => {
      working = undefined
    })
    return working
  }

  return {
    /** Keeps an event; the promise tells when it is on the disk. */
    async add(entry: OutboxEntry): Promise<OutboxEvent> {
      if (closed) throw new Error('The outbox is closed.')
      const event: OutboxEvent = { type: 'event', seq: next++, ...entry }
      events.push(event)
      if (events.length > limit) {
        events = withoutOldest(events, Math.ceil(limit / 10))
        rewrite = true
      }
      await schedule()
      return event
    },
    /** Forgets everything up to and including `seq`. */
    async acknowledge(seq: number): Promise<void> {
      acknowledged = Math.max(acknowledged, seq)
      const kept = events.filter((event) => event.seq > acknowledged || event.seq > durable)
      if (kept.length === events.length) return
      events = kept
      rewrite = true
      await schedule()
    },
    /** What is on the disk and newer than `seq`, oldest first. */
    after: (seq: number) => events.filter((event) => event.seq > seq && event.seq <= durable),
    /** Calls back with each event once it is on the disk; answers the function that ends it. */
    subscribe(subscriber: (event: OutboxEvent) => void): () => void {
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
    /** The number of the newest event. */
    newest: () => next - 1,
    async close(): Promise<void> {
      closed = true
      await working
      await handle?.close()
      handle = undefined
    },
  }
}

function load(file: string): { next: number; events: OutboxEvent[] } {
  let text = ''
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch {
    // The first start. The header is written at once, so that appends always have one.
  }
  const events: OutboxEvent[] = []
  let next = 1
  let whole = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', whole)) {
    const value = parse(text.slice(whole, end))
    // A kill in the middle of a write leaves half a line; what follows it was never promised to anyone.
    if (!value) break
    if ('seq' in value) events.push(value)
    next = Math.max(next, 'seq' in value ? value.seq + 1 : value.next)
    whole = end + 1
  }
  if (text === '') fs.writeFileSync(file, `${JSON.stringify({ next: 1 })}\n`, { mode: 0o600 })
  else if (whole < text.length) fs.truncateSync(file, Buffer.byteLength(text.slice(0, whole)))
  return { next, events }
}

function parse(line: string): OutboxEvent | { next: number } | undefined {
  try {
    return JSON.parse(line) as OutboxEvent | { next: number }
  } catch {
    return undefined
  }
}

/** Drops `count` events: first states that a newer event of the same server repeats, then the oldest. */
function withoutOldest(events: OutboxEvent[], count: number): OutboxEvent[] {
  const newest = new Map(events.map((event) => [event.instance.id, event.seq]))
  const dropped = new Set<number>()
  const drop = (when: (event: OutboxEvent) => boolean) => {
    for (const event of events) {
      if (dropped.size >= count) return
      if (!dropped.has(event.seq) && when(event)) dropped.add(event.seq)
    }
  }
  const superseded = (event: OutboxEvent) => newest.get(event.instance.id) !== event.seq
  drop((event) => event.activity === null && superseded(event))
  drop(superseded)
  drop(() => true)
  return events.filter((event) => !dropped.has(event.seq))
}
