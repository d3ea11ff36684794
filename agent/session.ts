import http2, { type ServerHttp2Session } from 'node:http2'
import { agentPaths, type tunnelTimes } from '#contract/agent'
import { FIRST_WINDOW, followRoundTrip } from '#contract/tunnel-window'
import type { Dialed } from './dial.ts'
import type { Router } from './router.ts'

export type TunnelTimes = { readonly [K in keyof typeof tunnelTimes]: number }

const SESSION_WINDOW = 32 * 1024 * 1024
/** For the last words of a session that was ended. */
const LAST_WORDS_MS = 1000

export type SessionEnd = {
  reason: string
  /** How long it stood after the control plane greeted us; null when it never did. */ stoodMs: number | null
}
export type Session = { closed: Promise<SessionEnd>; close: () => void }

/** HTTP/2 over the connection that we opened, with the roles reversed: we are the server. */
export function serve({ duplex, wire }: Dialed, router: Router, times: TunnelTimes, greetWithinMs: number): Session {
  const http: ServerHttp2Session = http2.performServerHandshake(duplex, {
    maxSessionMemory: 64,
    settings: { initialWindowSize: FIRST_WINDOW, maxFrameSize: 32 * 1024 },
  })
  http.setLocalWindowSize(SESSION_WINDOW)
  let reason = 'the connection was cut'
  let greetedAt: number | null = null
  let heard = performance.now()
  let bytesSeen = 0
  const measured = followRoundTrip((initialWindowSize) => {
    if (!http.closed && !http.destroyed) http.settings({ initialWindowSize })
  })
  let lastWords: NodeJS.Timeout | undefined

  const end = (why: string) => {
    if (!http.destroyed) reason = why
    // With a code, or the bodies that are under way would look as if they had ended well.
    http.destroy(new Error(reason), http2.constants.NGHTTP2_CANCEL)
    // It closes when all that it began to write is written, which on a line that died silently is never.
    lastWords ??= setTimeout(() => {
      duplex.destroy()
      wire.destroy()
    }, LAST_WORDS_MS)
  }
  const ungreeted = setTimeout(() => end('the control plane did not greet us'), greetWithinMs)
  function ping() {
    if (http.closed || http.destroyed) return
    http.ping((error, durationMs) => {
      if (error) return
      heard = performance.now()
      measured(durationMs)
    })
  }
  const pinging = setInterval(() => {
    // Bytes prove life as well: a pong can stand behind a long transfer.
    if (wire.bytesRead !== bytesSeen) {
      bytesSeen = wire.bytesRead
      heard = performance.now()
    }
    if (performance.now() - heard >= times.dead) return end(`nothing was heard for ${Math.round(times.dead / 1000)} s`)
    ping()
  }, times.ping)

  // Without a listener any of these would end the process.
  http.on('error', (error) => (reason = error.message))
  http.on('goaway', () => {
    end('the control plane said goodbye')
    reason = 'the control plane said goodbye'
  })
  duplex.on('error', () => end(reason))
  duplex.on('close', () => end(reason))
  duplex.on('end', () => end('the control plane closed the connection'))
  http.on('stream', (stream, headers) => {
    if (headers[':path'] === agentPaths.hello) {
      greetedAt = performance.now()
      clearTimeout(ungreeted)
      ping()
    }
    router(stream, headers)
  })

  const closed = new Promise<SessionEnd>((resolve) => {
    http.once('close', () => {
      clearTimeout(ungreeted)
      clearInterval(pinging)
      clearTimeout(lastWords)
      duplex.destroy()
      wire.destroy()
      resolve({ reason, stoodMs: greetedAt === null ? null : performance.now() - greetedAt })
    })
  })
  return { closed, close: () => end('the agent is stopping') }
}
