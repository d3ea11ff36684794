import type { Operation } from './operation.ts'
import { IdParams } from './page.ts'
import { Problem } from './problem.ts'

/** Prometheus text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export const getMetrics = {
  method: 'GET',
  url: '/metrics',
  auth: 'admin',
  kind: 'stream',
  schema: {
    operationId: 'getMetrics',
    summary:
      'Metrics of the control plane and of the fleet, for Prometheus; scraped with an API token of an administrator',
    tags: ['prometheus'],
    response: {},
  },
} as const satisfies Operation

export const getNodeMetrics = {
  method: 'GET',
  url: '/v1/nodes/:id/metrics',
  auth: 'user',
  permission: 'nodes.view',
  kind: 'stream',
  schema: {
    operationId: 'getNodeMetrics',
    summary: 'Metrics of a machine’s agent, for Prometheus',
    tags: ['prometheus'],
    params: IdParams,
    response: { 404: Problem, 503: Problem },
  },
} as const satisfies Operation
