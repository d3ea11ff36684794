import type { ConsoleServerMessage } from '#contract/console'
import { type Feed, type FeedDeps, type FeedSource, openFeed, type Opened } from '#server/terminal/feed'
import { frameOf, type Port } from '#server/terminal/frame'
import { createRing } from '#server/terminal/ring'
import { createBatch } from './batch.ts'
import { type Begin, canTake, jump, newViewer, send, start, tellLost, type Viewer } from './hub-viewer.ts'

const RING_BYTES = 512 * 1024
const TAIL_BYTES = 64 * 1024
const PIECE_BYTES = 64 * 1024
/** How far a viewer's beginning may be moved to the next line. */
const LINE_BYTES = 4096
/** Viewers that are a little late are waited for so long, or each of them would read the same bytes by itself. */
const PATIENCE_MS = 100
const FAR_BYTES = RING_BYTES / 2

/**
 * The viewers of one console. Those at its live end share one stream of the tunnel, and each frame is made once. One
 * that falls behind goes on from the node's log with a stream of its own until it has caught up, so that nothing waits
 * for it and nothing is kept for it.
 */
export function createHub(deps: FeedDeps, where: FeedSource, onEmpty: () => void) {
  const viewers = new Set<Viewer>()
  const live = new Set<Viewer>()
  const waiting = new Set<Viewer>()
  const ring = createRing(RING_BYTES)
  let feed: Feed | undefined
  let isOpen = false
  let ends = { oldest: 0, newest: 0 }
  let lost: string | undefined
  let patience: NodeJS.Timeout | undefined

  const batch = createBatch(flush)
  const newest = () => Math.max(ends.newest, ring.end())
  const reach = () => ({ oldest: ends.oldest, newest: newest() })

  const isFarBehind = (viewer: Viewer) =>
    !viewer.own &&
    !viewer.isLeft &&
    viewer.offset !== undefined &&
    !live.has(viewer) &&
    ring.end() - viewer.offset > FAR_BYTES

  function isAnyFarBehind(): boolean {
    for (const viewer of viewers) if (isFarBehind(viewer)) return true
    return false
  }

  /** Reads on, or waits. The tunnel's own flow control does the rest: what is not read is not sent. */
  function flow() {
    if (live.size + waiting.size === 0) return feed?.pause()
    if (!isAnyFarBehind()) {
      clearTimeout(patience)
      patience = undefined
      return feed?.resume()
    }
    feed?.pause()
    patience ??= setTimeout(() => {
      patience = undefined
      for (const viewer of viewers) if (isFarBehind(viewer)) viewer.isLeft = true
      flow()
    }, PATIENCE_MS)
  }

  /** Gives a viewer what the hub has for it; then it is live, or has enough under way. */
  function pump(viewer: Viewer) {
    if (viewer.own || viewer.offset === undefined || !viewers.has(viewer)) return
    while (viewer.offset < ring.end() && canTake(viewer)) {
      if (viewer.offset < ring.start()) {
        live.delete(viewer)
        return readAlone(viewer, { from: viewer.offset })
      }
      send(viewer, ring.read(viewer.offset, PIECE_BYTES))
    }
    if (!canTake(viewer)) return void live.delete(viewer)
    viewer.isLeft = false
    live.add(viewer)
  }

  function readAlone(viewer: Viewer, begin: Begin) {
    viewer.own = openFeed(deps, where, begin, {
      opened({ offset, oldest, newest, gap }) {
        if (isOpen) ends.oldest = Math.max(ends.oldest, oldest)
        const isExpected = viewer.offset === offset || (viewer.offset !== undefined && gap !== undefined)
        if (!isExpected || viewer.isToldLost) start(viewer, offset, { oldest, newest })
        else jump(viewer, offset)
        if (gap) viewer.port.tell({ type: 'gap', from: gap.from, to: gap.to })
        rejoin(viewer)
      },
      bytes(chunk) {
        send(viewer, chunk)
        if (!canTake(viewer)) viewer.own?.pause()
        rejoin(viewer)
      },
      lost: (reason) => tellLost(viewer, reason),
    })
  }

  /** One that has caught up shares the hub's stream again. */
  function rejoin(viewer: Viewer) {
    const { own, offset } = viewer
    if (!own || offset === undefined || lost !== undefined || !isOpen || offset < ring.start()) return
    if (offset > ring.end()) {
      if (live.size > 0) return
      // Nobody kept the hub going meanwhile: it goes on where this viewer is.
      batch.take()
      feed?.close()
      ring.reset(offset)
      open({ from: offset })
    }
    own.close()
    viewer.own = undefined
    pump(viewer)
    flow()
  }

  function flush() {
    const chunks = batch.take()
    if (chunks.length === 0) return
    const at = ring.end()
    const frame = frameOf(chunks)
    for (const chunk of chunks) ring.write(chunk)
    for (const viewer of live) {
      if (viewer.offset === at) {
        viewer.port.write(frame)
        viewer.offset = ring.end()
        if (!canTake(viewer)) live.delete(viewer)
      } else pump(viewer)
    }
    for (const viewer of viewers) if (viewer.own) rejoin(viewer)
    flow()
  }

  /** A viewer's first place in the log: from what the hub holds where that reaches back far enough. */
  function place(viewer: Viewer) {
    waiting.delete(viewer)
    const { begin } = viewer
    const wanted = 'from' in begin ? begin.from : newest() - begin.tail
    const isAllThereIs = 'tail' in begin && ring.start() <= ends.oldest
    if (wanted > newest() || (wanted < ring.start() && !isAllThereIs)) return readAlone(viewer, begin)
    if ('from' in begin || begin.tail === 0) start(viewer, wanted, reach())
    else start(viewer, wanted < ring.end() ? ring.lineStart(wanted, Math.min(begin.tail, LINE_BYTES)) : wanted, reach())
    if (lost !== undefined) tellLost(viewer, lost)
    pump(viewer)
  }

  /** What the end of an interruption means for a viewer of the hub. */
  function goOn(viewer: Viewer, end: number, { offset, gap }: Opened) {
    const was = viewer.offset
    if (viewer.own || was === undefined) return
    if (!gap && offset !== end) start(viewer, offset, reach())
    else if (gap && was >= end && was < offset) {
      start(viewer, offset, reach())
      viewer.port.tell({ type: 'gap', from: was, to: offset })
    } else if (viewer.isToldLost) start(viewer, was, reach())
  }

  function opened(at: Opened) {
    flush()
    const end = ring.end()
    ends = { oldest: at.oldest, newest: at.newest }
    lost = undefined
    if (at.offset !== end) ring.reset(at.offset)
    if (isOpen) for (const viewer of viewers) goOn(viewer, end, at)
    isOpen = true
    for (const viewer of waiting) place(viewer)
    for (const viewer of viewers) pump(viewer)
    flow()
  }

  function open(begin: Begin) {
    feed = openFeed(deps, where, begin, {
      opened,
      bytes: (chunk) => batch.add(chunk, live.size),
      lost(reason) {
        flush()
        lost = reason
        for (const viewer of viewers) if (!viewer.own) tellLost(viewer, reason)
      },
    })
  }

  return {
    /** Adds a viewer; what it answers is told of its acknowledgements and of its end. */
    join(port: Port<ConsoleServerMessage>, begin: Begin) {
      const viewer = newViewer(port, begin)
      viewers.add(viewer)
      if (isOpen) place(viewer)
      else {
        waiting.add(viewer)
        if (lost !== undefined) tellLost(viewer, lost)
        if (!feed) open({ tail: Math.min(RING_BYTES, Math.max(TAIL_BYTES, 'tail' in begin ? begin.tail : 0)) })
      }
      flow()
      return {
        ack(offset: number) {
          viewer.acked = Math.max(viewer.acked, Math.min(offset, viewer.offset ?? 0))
          if (live.has(viewer) || !canTake(viewer)) return
          if (viewer.own) return viewer.own.resume()
          pump(viewer)
          flow()
        },
        leave() {
          if (!viewers.delete(viewer)) return
          live.delete(viewer)
          waiting.delete(viewer)
          viewer.own?.close()
          if (viewers.size > 0) return flow()
          batch.take()
          clearTimeout(patience)
          feed?.close()
          onEmpty()
        },
      }
    },
    /** The log was cleared: nobody who comes now sees what was in it. */
    forget() {
      flush()
      ring.reset(ring.end())
      ends = { oldest: ring.end(), newest: ring.end() }
    },
  }
}
export type Hub = ReturnType<typeof createHub>
