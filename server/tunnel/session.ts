import http2, { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { type Duplex, pipeline, type Readable } from 'node:stream'
import { tunnelTimes } from '#contract/agent'
import { FIRST_WINDOW, followRoundTrip } from '#contract/tunnel-window'
import type { Clock } from '#server/clock'
import type { AgentMethod } from './agents.ts'
import { bodyOf } from './body.ts'

export type TunnelTimes = { readonly [K in keyof typeof tunnelTimes]: number } & {
  /** How long a machine may be away before it counts as lost. */
  readonly grace: number
  /** How long the steps of a new session may take, each. */
  readonly handshake: number
}
export const defaultTimes: TunnelTimes = { ...tunnelTimes, grace: 10_000, handshake: 15_000 }

const SESSION_WINDOW = 32 * 1024 * 1024
/** For the last words of a session that was ended. */
const LAST_WORDS_MS = 1000

export type SessionInput = {
  duplex: Duplex
  /** The TCP connection below, which counts bytes. */
  wire: Socket
  clock: Clock
  times: TunnelTimes
}
export type Session = Awaited<ReturnType<typeof openSession>>

/** HTTP/2 over a connection that an agent opened, with the roles reversed: we are the client. */
export async function openSession({ duplex, wire, clock, times }: SessionInput) {
  // Timeouts of the HTTP server do not hold for a connection that stays for days; our own ping does.
  wire.setTimeout(0)
  wire.setNoDelay(true)
  const http: ClientHttp2Session = http2.connect('http://agent', {
    createConnection: () => duplex,
    maxSessionMemory: 64,
    settings: {
      initialWindowSize: FIRST_WINDOW,
      maxFrameSize: 32 * 1024,
      enablePush: false,
      maxHeaderListSize: 16 * 1024,
    },
  })
  const opened = { at: clock.now() }
  /** Pings since anything was heard. Counted, not timed: clocks jump, and machines sleep. */
  let unanswered = 0
  let bytesSeen = 0
  let roundTripMs: number | null = null
  const measured = followRoundTrip((initialWindowSize) => {
    if (!http.closed && !http.destroyed) http.settings({ initialWindowSize })
  })
  let requests = 0
  let streams = 0
  let reason = 'the connection was cut'
  let cancelPing = () => {}
  let cancelEnd: (() => void) | undefined

  const closed = new Promise<string>((resolve) => {
    http.once('close', () => {
      cancelPing()
      cancelEnd?.()
      duplex.destroy()
      wire.destroy()
      resolve(reason)
    })
  })
  const end = (why: string) => {
    if (!http.destroyed) reason = why
    // With a code, or the bodies that are under way would look as if they had ended well.
    http.destroy(new Error(reason), http2.constants.NGHTTP2_CANCEL)
    // It closes when all that it began to write is written, which on a line that died silently is never.
    cancelEnd ??= clock.after(LAST_WORDS_MS, () => {
      duplex.destroy()
      wire.destroy()
    })
  }
  // Without a listener any of these would end the process.
  http.on('error', (error) => (reason = error.message))
  http.on('stream', (stream: ClientHttp2Stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM))
  http.on('goaway', () => {
    end('the agent said goodbye')
    reason = 'the agent said goodbye'
  })
  duplex.on('error', () => end(reason))
  duplex.on('close', () => end(reason))
  // Connections of an HTTP server stay half open, so the end of an agent that was killed would go unnoticed.
  duplex.on('end', () => end('the agent closed the connection'))

  function ping() {
    // Bytes prove life as well: a pong can stand behind a long transfer.
    if (wire.bytesRead !== bytesSeen) {
      bytesSeen = wire.bytesRead
      unanswered = 0
    }
    if (unanswered * times.ping >= times.dead) return end(`nothing was heard for ${Math.round(times.dead / 1000)} s`)
    unanswered++
    if (!http.closed && !http.destroyed) {
      http.ping((error, durationMs) => {
        if (error) return
        unanswered = 0
        roundTripMs = Math.round(durationMs * 100) / 100
        measured(durationMs)
      })
    }
    cancelPing = clock.after(times.ping, ping)
  }

  await new Promise<void>((resolve, reject) => {
    const cancel = clock.after(times.handshake, () => {
      end('the handshake took too long')
      reject(new Error('the handshake took too long'))
    })
    http.once('remoteSettings', () => {
      cancel()
      resolve()
    })
    http.once('close', () => {
      cancel()
      reject(new Error(reason))
    })
  })
  http.setLocalWindowSize(SESSION_WINDOW)
  ping()

  return {
    openedAt: opened.at,
    closed,
    isOpen: () => !http.closed && !http.destroyed,
    close: end,
    stats: () => ({
      round_trip_ms: roundTripMs,
      bytes_in: wire.bytesRead,
      bytes_out: wire.bytesWritten,
      streams_open: streams,
      requests,
    }),
    /** Sends a request and answers once the headers are there. Rejects when the stream or the session ends before. */
    open(
      head: { method: AgentMethod; path: string; type?: string; headers?: Record<string, string> },
      body: Buffer | Readable | undefined,
      signal: AbortSignal | undefined,
    ): Promise<{ status: number; headers: IncomingHttpHeaders; stream: Readable }> {
      return new Promise((resolve, reject) => {
        const stream = http.request(
          {
            ':method': head.method,
            ':path': head.path,
            ...(head.type && { 'content-type': head.type }),
            ...head.headers,
          },
          { endStream: body === undefined, ...(signal && { signal }) },
        )
        requests++
        streams++
        stream.on('error', reject)
        stream.on('close', () => {
          streams--
          reject(new Error('the agent closed the request'))
        })
        stream.on('response', (headers) =>
          resolve({ status: Number(headers[':status']), headers, stream: bodyOf(stream) }),
        )
        if (Buffer.isBuffer(body)) stream.end(body)
        // Whatever breaks it has told `stream`, and through it whoever asked.
        else if (body) pipeline(body, stream, () => {})
      })
    },
    /** A connection through the agent, by the CONNECT method. Rejects with the status when the agent will not. */
    connect(authority: string, signal: AbortSignal): Promise<{ status: number; stream: ClientHttp2Stream }> {
      return new Promise((resolve, reject) => {
        const stream = http.request({ ':method': 'CONNECT', ':authority': authority }, { endStream: false, signal })
        requests++
        streams++
        stream.on('error', reject)
        stream.on('close', () => {
          streams--
          reject(new Error('the agent closed the connection'))
        })
        stream.on('response', (headers) => resolve({ status: Number(headers[':status']), stream }))
      })
    },
  }
}
