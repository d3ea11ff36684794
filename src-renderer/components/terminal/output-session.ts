import { ACK_EVERY, type ConsoleServerMessage } from '#contract/console'
import type { TerminalClientMessage, TerminalServerMessage } from '#contract/terminal'
import type { Socket, SocketState } from '../../lib/socket.ts'

/** Where the output goes. `done` says that the bytes were taken in; only then does the server hear that it may send more. */
export type OutputSink = {
  write(bytes: Uint8Array, done: () => void): void
  /** Output between the two offsets will never come: it was not kept, or this viewer was too slow. */
  gap(from: number, to: number): void
  /** The log began anew, so what is on screen belongs to another one. */
  restart(): void
}

export type OutputStatus =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** `reason` is the server's word for why it cannot reach the machine; null while the server itself is away. */
  | { kind: 'reconnecting'; reason: string | null; retryAt: number | null }
  | { kind: 'ended'; code: string; error: string | null }
  /** The shell itself is over. */
  | { kind: 'over'; end: TerminalOver }

export type TerminalOver = Extract<TerminalServerMessage, { type: 'ended' }>
export type TerminalStart = Extract<TerminalServerMessage, { type: 'start' }>

export type OutputQuery = { from: number } | { tail: number }
export type OutputConnect = (handlers: {
  query: () => OutputQuery
  onMessage: (message: string | ArrayBuffer) => void
  onState: (state: SocketState) => void
}) => Socket

export type OutputOptions = {
  connect: OutputConnect
  sink: OutputSink
  /** Begin here; absent means the last `tail` bytes. */
  from?: number
  tail?: number
  onStatus: (status: OutputStatus) => void
  /** Each time the server says where it begins, before the output. */
  onStart?: (start: ConsoleStart | TerminalStart) => void
  /** Something that was typed was not taken; the output goes on. */
  onRefused?: (refusal: { code: string; error: string }) => void
}

type ConsoleStart = Extract<ConsoleServerMessage, { type: 'start' }>

export type OutputSession = {
  status(): OutputStatus
  /** Offset of the first byte that has not arrived. */
  offset(): number | undefined
  /** False when it could not be sent; nothing is typed later behind a person's back. */
  type(data: string): boolean
  resize(cols: number, rows: number): void
  retry(): void
  /** Ends the shell itself. */
  end(): void
  close(): void
}

const TAIL = 256 * 1024

/**
 * One viewer of a console or a terminal. Every byte has an offset, and `expected` is the next one that was not seen: after a
 * reconnect the session asks for it and drops whatever comes twice, so nothing is lost and nothing is doubled.
 */
export function openOutputSession({
  connect,
  sink,
  from,
  tail = TAIL,
  onStatus,
  onStart,
  onRefused,
}: OutputOptions): OutputSession {
  let expected = from
  /** Offset of the next byte on this connection; undefined until the server said where it begins. */
  let position: number | undefined
  let consumed = 0
  let acknowledged = 0
  let generation = 0
  let size: { cols: number; rows: number } | undefined
  let refusal: { code: string; error: string } | undefined
  let status: OutputStatus = { kind: 'connecting' }

  const become = (next: OutputStatus) => {
    status = next
    onStatus(next)
  }

  const say = (message: TerminalClientMessage): boolean => socket.send(JSON.stringify(message))

  const jump = (to: number) => {
    if (expected !== undefined && to > expected) sink.gap(expected, to)
    if (expected === undefined || to > expected) expected = to
  }

  const begin = (start: ConsoleStart | TerminalStart) => {
    const { offset, newest } = start
    generation += 1
    onStart?.(start)
    if (expected !== undefined && offset < expected && newest < expected) {
      sink.restart()
      expected = offset
    } else {
      jump(offset)
    }
    position = offset
    consumed = offset
    acknowledged = offset
    if (size) say({ type: 'resize', ...size })
    if (status.kind !== 'live') become({ kind: 'live' })
  }

  const take = (data: ArrayBuffer) => {
    if (position === undefined || expected === undefined) return
    const start = position
    const end = (position += data.byteLength)
    if (status.kind !== 'live') become({ kind: 'live' })
    const mine = generation
    const taken = () => {
      // Bytes of an earlier connection mean nothing to this one's count.
      if (mine !== generation) return
      consumed = Math.max(consumed, end)
      if (consumed - acknowledged < ACK_EVERY) return
      acknowledged = consumed
      say({ type: 'ack', offset: consumed })
    }
    const seen = Math.max(0, expected - start)
    if (seen >= data.byteLength) return taken()
    expected = end
    sink.write(new Uint8Array(data, seen), taken)
  }

  const hear = (message: ConsoleServerMessage | TerminalServerMessage) => {
    switch (message.type) {
      case 'start':
        return begin(message)
      case 'gap':
        jump(message.to)
        if (position !== undefined) position = Math.max(position, message.to)
        return
      case 'reconnecting':
        return become({ kind: 'reconnecting', reason: message.reason, retryAt: null })
      case 'refused':
        refusal = { code: message.code, error: message.error }
        if (message.code !== 'taken_over') return onRefused?.(refusal)
        // Whoever went to another window is there; to come back by itself would take it from them.
        socket.close()
        return become({ kind: 'ended', ...refusal })
      case 'ended':
        socket.close()
        return become({ kind: 'over', end: message })
    }
  }

  const follow = (state: SocketState) => {
    if (state.status === 'open') return
    if (state.status === 'connecting') {
      refusal = undefined
      return
    }
    position = undefined
    generation += 1
    if (state.status === 'waiting') become({ kind: 'reconnecting', reason: null, retryAt: state.retryAt })
    else if (state.status === 'refused') {
      become({ kind: 'ended', code: refusal?.code ?? state.code, error: refusal?.error ?? null })
    }
  }

  const socket: Socket = connect({
    query: () => (expected === undefined ? { tail } : { from: expected }),
    onMessage: (message) =>
      typeof message === 'string'
        ? hear(JSON.parse(message) as ConsoleServerMessage | TerminalServerMessage)
        : take(message),
    onState: follow,
  })

  return {
    status: () => status,
    offset: () => expected,
    type: (data) => status.kind === 'live' && say({ type: 'input', data }),
    resize(cols, rows) {
      if (size?.cols === cols && size.rows === rows) return
      size = { cols, rows }
      if (position !== undefined) say({ type: 'resize', cols, rows })
    },
    retry: () => socket.retry(),
    end: () => void say({ type: 'close' }),
    close: () => socket.close(),
  }
}
