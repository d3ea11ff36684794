import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Clock } from '#server/clock'
import { AppError } from '#server/errors'
import type { Agents } from '#server/tunnel/agents'

/** A paused stream holds what is under way in the tunnel; after so long it is given back, and asked for again later. */
const HOLD_MS = 2000
const RETRY_MIN_MS = 100
const RETRY_MAX_MS = 5000

export type Opened = {
  offset: number
  oldest: number
  newest: number
  gap: { from: number; to: number } | undefined
  headers: IncomingHttpHeaders
}
export type FeedHandler = {
  /** At the beginning and after each interruption. `offset` is that of the next byte. */
  opened: (at: Opened) => void
  bytes: (chunk: Buffer) => void
  /** The machine cannot be read now; the feed goes on trying. */
  lost: (reason: string) => void
  /** The machine refuses. True: the feed gives up; else it goes on trying. */
  refused?: (error: AppError) => boolean
}
export type FeedBegin = { from: number } | { tail: number }
export type FeedDeps = {
  agents: Pick<Agents, 'stream' | 'isConnected'>
  clock: Clock
  whenConnected: (nodeId: string, wake: () => void) => () => void
}
/** `pathOf` is asked before each attempt. */
export type FeedSource = { nodeId: string; pathOf: (query: FeedBegin) => string }

const number = (header: string | string[] | undefined) => {
  const value = Number(header)
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/**
 * Reads a console or a terminal from its machine without end: after each interruption on from the byte after the last. The machine
 * names each answer's place by the headers x-offset, x-oldest and x-newest.
 */
export function openFeed(
  { agents, clock, whenConnected }: FeedDeps,
  { nodeId, pathOf }: FeedSource,
  begin: FeedBegin,
  handler: FeedHandler,
) {
  let next: number | undefined = 'from' in begin ? begin.from : undefined
  let abort: AbortController | undefined
  let stream: Readable | undefined
  let paused = false
  let closed = false
  let retryMs = RETRY_MIN_MS
  /** Answers that ended without a byte, since there was one. */
  let emptyAnswers = 0
  let cancelWait = () => {}
  let cancelHold = () => {}

  function again(delayMs: number) {
    cancelWait()
    const wake = () => {
      cancelWait()
      if (!closed) void connect()
    }
    const cancels = [clock.after(delayMs, wake), agents.isConnected(nodeId) ? () => {} : whenConnected(nodeId, wake)]
    cancelWait = () => {
      cancelWait = () => {}
      for (const cancel of cancels) cancel()
    }
  }

  function interrupted(reason: string) {
    stream = undefined
    abort = undefined
    cancelHold()
    if (closed || paused) return
    handler.lost(reason)
    again(agents.isConnected(nodeId) ? retryMs : RETRY_MAX_MS)
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)
  }

  function follow(mine: AbortController, answer: Readable) {
    stream = answer
    let isWhole = false
    let gotBytes = false
    answer.on('end', () => {
      isWhole = true
    })
    answer.on('data', (chunk: Buffer) => {
      if (abort !== mine) return
      gotBytes = true
      emptyAnswers = 0
      retryMs = RETRY_MIN_MS
      next = (next ?? 0) + chunk.length
      handler.bytes(chunk)
    })
    answer.on('close', () => {
      if (abort !== mine) return
      // The agent ends the stream of a reader that fell behind what is kept, and of a shell that ended; it is asked again at once.
      const isAskedAgain = isWhole ? emptyAnswers++ === 0 : gotBytes
      const isPlainEnd = isAskedAgain && agents.isConnected(nodeId) && !paused && !closed
      if (!isPlainEnd) return interrupted('The connection to the machine was lost.')
      stream = undefined
      abort = undefined
      void connect()
    })
    if (paused) answer.pause()
  }

  async function connect(): Promise<void> {
    cancelWait()
    const mine = new AbortController()
    abort = mine
    const query: FeedBegin = next === undefined ? { tail: 'tail' in begin ? begin.tail : 0 } : { from: next }
    try {
      const answer = await agents.stream(nodeId, {
        method: 'GET',
        path: pathOf(query),
        signal: mine.signal,
      })
      answer.stream.on('error', () => {})
      if (abort !== mine) return void answer.stream.destroy()
      const offset = number(answer.headers['x-offset'])
      if (offset === undefined) {
        mine.abort()
        return interrupted('The agent of the machine gave an answer that cannot be read.')
      }
      const gap = next !== undefined && offset > next ? { from: next, to: offset } : undefined
      next = offset
      handler.opened({
        offset,
        oldest: number(answer.headers['x-oldest']) ?? offset,
        newest: number(answer.headers['x-newest']) ?? offset,
        gap,
        headers: answer.headers,
      })
      // What it was told may have made the handler close us.
      if (abort === mine) follow(mine, answer.stream)
    } catch (error) {
      if (abort !== mine) return
      if (error instanceof AppError && handler.refused?.(error)) {
        closed = true
        abort = undefined
        return
      }
      interrupted(error instanceof AppError ? error.message : 'The machine cannot be reached.')
    }
  }

  function letGo() {
    const mine = abort
    abort = undefined
    stream = undefined
    mine?.abort()
  }

  void connect()
  return {
    /** The offset of the next byte, once it is known. */
    offset: () => next,
    pause() {
      if (paused || closed) return
      paused = true
      stream?.pause()
      cancelHold = clock.after(HOLD_MS, () => {
        if (!paused) return
        cancelWait()
        letGo()
      })
    },
    resume() {
      if (!paused || closed) return
      paused = false
      cancelHold()
      if (stream) stream.resume()
      else if (!abort) void connect()
    },
    close() {
      closed = true
      cancelWait()
      cancelHold()
      letGo()
    },
  }
}
export type Feed = ReturnType<typeof openFeed>
