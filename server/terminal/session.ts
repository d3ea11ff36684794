import { UNACKED_MAX } from '#contract/console'
import { IDLE_SECONDS, REATTACH_SECONDS, type TerminalServerMessage } from '#contract/terminal'
import type { Clock } from '#server/clock'
import { frameOf, type Port } from './frame.ts'
import type { Recording } from './recording.ts'
import { createRing } from './ring.ts'
import type { OpenSource, TerminalEnd, TerminalSize } from './source.ts'

const RING_BYTES = 2 * 1024 * 1024
/** The shell waits when so much of what it printed has not been acknowledged; what is under way then still finds room. */
const PAUSE_BYTES = 512 * 1024
const RESUME_BYTES = 256 * 1024
const PIECE_BYTES = 64 * 1024
const BUFFERED_MAX = 2 * UNACKED_MAX

export type TerminalPort = Port<TerminalServerMessage> & { close: () => void }

type Viewer = { port: TerminalPort; offset: number; acked: number }
type Options = {
  clock: Clock
  id: string
  login: string
  open: OpenSource
  recording: Recording | undefined
  /** Once, after whoever watches was told; `at` is when the shell ended. */
  onEnd: (end: TerminalEnd, at: number, told: Promise<void> | void) => void
}

const plain = (reason: TerminalEnd['reason'], detail: string | null = null): TerminalEnd => ({
  reason,
  exit_code: null,
  signal: null,
  detail,
})

/**
 * A shell and whoever watches it: one viewer at a time, the newest. What it printed last is kept, so that a viewer that comes back
 * misses nothing, and the shell waits rather than print what would have to be thrown away.
 */
export function createTerminalSession({ clock, id, login, open, recording, onEnd }: Options) {
  const ring = createRing(RING_BYTES)
  let viewer: Viewer | undefined
  /** What every viewer so far has acknowledged. */
  let floor = 0
  let isPaused = false
  let isPumping = false
  let lost: string | undefined
  /** The shell is over; whoever watches has not read all of it yet. */
  let ending: { how: TerminalEnd; at: number } | undefined
  let ended: TerminalEnd | undefined
  let activeAt = clock.now()
  let cancelIdle = () => {}
  let cancelDetached = () => {}

  const tell = (message: TerminalServerMessage) => viewer?.port.tell(message)
  const active = () => {
    activeAt = clock.now()
  }

  function watchIdle(ms = IDLE_SECONDS * 1000) {
    cancelIdle = clock.after(ms, () => {
      const left = activeAt + IDLE_SECONDS * 1000 - clock.now()
      if (left > 0) return watchIdle(left)
      end(plain('idle', `Nothing was typed or printed for ${IDLE_SECONDS / 60} minutes.`))
    })
  }

  function watchDetached() {
    cancelDetached()
    cancelDetached = clock.after(REATTACH_SECONDS * 1000, () =>
      end(ending?.how ?? plain('closed', `Nobody came back within ${REATTACH_SECONDS} seconds.`)),
    )
  }

  /** Reads on, or lets the shell wait. */
  function flow() {
    if (ended || ending) return
    const behind = ring.end() - floor
    if (!isPaused && (behind >= PAUSE_BYTES || recording?.isBehind())) {
      isPaused = true
      source.pause()
    } else if (isPaused && behind < RESUME_BYTES && !recording?.isBehind()) {
      isPaused = false
      source.resume()
    }
  }

  function start(from: number) {
    if (!viewer) return
    viewer.offset = viewer.acked = from
    tell({
      type: 'start',
      session: id,
      offset: from,
      oldest: ring.start(),
      newest: ring.end(),
      is_recorded: recording !== undefined,
      login,
    })
  }

  function pump() {
    isPumping = false
    while (viewer && viewer.offset < ring.end()) {
      if (viewer.offset - viewer.acked >= UNACKED_MAX || viewer.port.buffered() >= BUFFERED_MAX) return
      if (viewer.offset < ring.start()) {
        tell({ type: 'gap', from: viewer.offset, to: ring.start() })
        viewer.acked += ring.start() - viewer.offset
        viewer.offset = ring.start()
      }
      const piece = ring.peek(viewer.offset, PIECE_BYTES)
      viewer.offset += Math.min(PIECE_BYTES, ring.end() - viewer.offset)
      viewer.port.write(frameOf(piece))
    }
    if (ending && viewer) end(ending.how)
  }

  /** What comes in one turn of the event loop leaves together; nothing waits for a clock. */
  function pumpSoon() {
    if (isPumping) return
    isPumping = true
    setImmediate(pump)
  }

  function end(how: TerminalEnd) {
    if (ended) return
    ended = how
    cancelIdle()
    cancelDetached()
    release()
    const told = ending ? undefined : source.close()
    const left = viewer
    viewer = undefined
    left?.port.tell({ type: 'ended', ...how })
    left?.port.close()
    onEnd(how, ending?.at ?? clock.now(), told)
  }
  let release = () => {}

  const source = open({
    bytes(chunk) {
      if (ended) return
      active()
      ring.write(chunk)
      recording?.output(chunk)
      pumpSoon()
      flow()
    },
    gap(bytes) {
      if (ended) return
      const from = ring.end()
      pump()
      ring.reset(from + bytes)
      recording?.note(`${bytes} bytes are missing`)
      if (viewer) {
        tell({ type: 'gap', from: viewer.offset, to: from + bytes })
        viewer.acked += from + bytes - viewer.offset
        viewer.offset = from + bytes
      }
      floor += bytes
    },
    lost(reason) {
      if (lost !== undefined) return
      lost = reason
      tell({ type: 'reconnecting', reason })
    },
    back() {
      if (lost === undefined) return
      lost = undefined
      if (viewer) start(viewer.offset)
      pumpSoon()
    },
    refused: (code, error) => tell({ type: 'refused', code, error }),
    ended(how) {
      if (ended || ending) return
      ending = { how, at: clock.now() }
      cancelIdle()
      watchDetached()
      pump()
    },
  })
  recording?.whenDrained(flow)
  watchIdle()
  watchDetached()

  return {
    id,
    login,
    isOver: () => ended !== undefined || ending !== undefined,
    isGone: () => ended !== undefined,
    bytes: () => ring.end(),
    /** What ends it from outside, such as a lost right. */
    end: (reason: TerminalEnd['reason'], detail: string | null = null) => end(plain(reason, detail)),
    /** Called when it has ended. */
    onRelease(work: () => void) {
      if (ended) work()
      else release = work
    },
    /** Shows it to a viewer from an offset, or from the oldest byte that is kept. Whoever watched before is sent away. */
    attach(port: TerminalPort, from?: number) {
      if (!ending) cancelDetached()
      viewer?.port.tell({ type: 'refused', code: 'taken_over', error: 'This terminal was opened in another window.' })
      viewer?.port.close()
      const mine: Viewer = { port, offset: 0, acked: 0 }
      viewer = mine
      const at = Math.min(ring.end(), Math.max(ring.start(), from ?? 0))
      start(at)
      if (from !== undefined && from < at) tell({ type: 'gap', from, to: at })
      floor = at
      if (lost !== undefined) tell({ type: 'reconnecting', reason: lost })
      pump()
      flow()
      const isMine = () => viewer === mine && !ended
      return {
        ack(offset: number) {
          if (!isMine()) return
          mine.acked = Math.max(mine.acked, Math.min(offset, mine.offset))
          floor = mine.acked
          pump()
          flow()
        },
        type(data: string) {
          if (!isMine()) return
          active()
          if (lost !== undefined) return port.tell({ type: 'refused', code: 'node_offline', error: lost })
          source.type(Buffer.from(data))
        },
        resize(size: TerminalSize) {
          if (!isMine()) return
          recording?.resize(size)
          source.resize(size)
        },
        close: () => isMine() && end(plain('closed')),
        leave() {
          if (!isMine()) return
          viewer = undefined
          if (!ending) watchDetached()
        },
      }
    },
  }
}
export type TerminalSession = ReturnType<typeof createTerminalSession>
