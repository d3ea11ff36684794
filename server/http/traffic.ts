import type { FastifyInstance } from 'fastify'
import type { Clock } from '#server/clock'

const KEPT = 5000
const WINDOW_S = 60

export type TrafficReport = {
  total: number
  errors: number
  per_second: number
  p50_ms: number | null
  p95_ms: number | null
  p99_ms: number | null
}

/**
 * How many requests come and how long their answers take. Noting one is a few stores into arrays that are made once; the sorting
 * is done when somebody looks.
 */
export function createTraffic(clock: Clock) {
  const latencies = new Float64Array(KEPT)
  /** Requests by second, and which second each cell stands for. */
  const counts = new Uint32Array(WINDOW_S)
  const seconds = new Float64Array(WINDOW_S)
  let total = 0
  let errors = 0
  let timed = 0

  function note(status: number, ms: number | null): void {
    total++
    if (status >= 500) errors++
    if (ms !== null) latencies[timed++ % KEPT] = ms
    const second = Math.floor(clock.now() / 1000)
    const cell = second % WINDOW_S
    if (seconds[cell] !== second) {
      seconds[cell] = second
      counts[cell] = 0
    }
    counts[cell]!++
  }

  function report(): TrafficReport {
    const sorted = latencies.slice(0, Math.min(timed, KEPT)).sort()
    const at = (share: number) => {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
      return value === undefined ? null : Math.round(value * 100) / 100
    }
    const since = Math.floor(clock.now() / 1000) - WINDOW_S
    const recent = counts.reduce((sum, count, cell) => (seconds[cell]! > since ? sum + count : sum), 0)
    return {
      total,
      errors,
      per_second: Math.round((recent / WINDOW_S) * 100) / 100,
      p50_ms: at(0.5),
      p95_ms: at(0.95),
      p99_ms: at(0.99),
    }
  }

  return { note, report }
}
export type Traffic = ReturnType<typeof createTraffic>

/** Streams and sockets are counted, but how long they last says nothing about how fast we answer. */
export function recordTraffic(app: FastifyInstance, traffic: Traffic): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { operation } = request.routeOptions.config
    const isTimed = operation !== undefined && (operation.kind === undefined || operation.kind === 'json')
    traffic.note(reply.statusCode, isTimed ? reply.elapsedTime : null)
    done()
  })
}
