import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'

const Status = T.Object({ status: T.Literal('ok') })

/** Coarse on purpose: the operation is public, so it names no versions, paths or counts. */
export const HealthReport = T.Object({
  status: T.Union([T.Literal('ok'), T.Literal('degraded')]),
  checks: T.Object({
    database: T.Union([T.Literal('ok'), T.Literal('failing')]),
    metrics_database: T.Union([T.Literal('ok'), T.Literal('failing')]),
    jobs: T.Union([T.Literal('ok'), T.Literal('failing')]),
  }),
  uptime_seconds: T.Integer({ minimum: 0 }),
})
export type HealthReport = Static<typeof HealthReport>

const NotReady = T.Object({ status: T.Literal('unavailable') })
const probe = (url: `/${string}`, operationId: string, summary: string, ready: boolean) =>
  ({
    method: 'GET',
    url,
    auth: 'public',
    schema: {
      operationId,
      summary,
      tags: ['health'],
      response: ready ? { 200: Status, 503: NotReady } : { 200: Status },
    },
  }) as const satisfies Operation

export const getHealth = probe('/health', 'getHealth', 'Basic health check', false)
export const getLiveness = probe('/health/live', 'getLiveness', 'Liveness probe', false)
export const getReadiness = probe('/health/ready', 'getReadiness', 'Readiness probe', true)
export const getReady = probe('/ready', 'getReady', 'Readiness probe (alias)', true)
export const getHealthDetailed = {
  method: 'GET',
  url: '/health/detailed',
  auth: 'public',
  schema: {
    operationId: 'getHealthDetailed',
    summary: 'Health of each part, without particulars',
    tags: ['health'],
    response: { 200: HealthReport },
  },
} as const satisfies Operation
