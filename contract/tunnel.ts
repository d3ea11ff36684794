import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, Page, PageQuery, Time } from './page.ts'

export const TunnelStats = T.Object({
  connected: T.Integer(),
  nodes: T.Integer(),
  reconnects: T.Integer({ description: 'Sessions that replaced an earlier one since the server started.' }),
  bytes_in: T.Number(),
  bytes_out: T.Number(),
  streams_open: T.Integer(),
  requests: T.Integer(),
})
export type TunnelStats = Static<typeof TunnelStats>

export const TunnelAgent = T.Object({
  node_id: Id,
  node_name: T.String(),
  transport: T.Union([T.Literal('upgrade'), T.Literal('websocket')]),
  remote_address: T.String(),
  epoch: T.Integer({ description: 'Grows with each session of the node; an older session is fenced off.' }),
  connected_at: Time,
  round_trip_ms: T.Union([T.Number(), T.Null()]),
  bytes_in: T.Number(),
  bytes_out: T.Number(),
  streams_open: T.Integer(),
  agent_version: T.String(),
  protocol: T.Integer(),
})
export type TunnelAgent = Static<typeof TunnelAgent>

export const getTunnelStats = {
  method: 'GET',
  url: '/v1/tunnel/stats',
  auth: 'admin',
  schema: {
    operationId: 'getTunnelStats',
    summary: 'Tunnel statistics',
    tags: ['tunnel'],
    response: { 200: TunnelStats },
  },
} as const satisfies Operation

export const listTunnelAgents = {
  method: 'GET',
  url: '/v1/tunnel/agents',
  auth: 'admin',
  schema: {
    operationId: 'listTunnelAgents',
    summary: 'Connected agents',
    tags: ['tunnel'],
    querystring: T.Object({ ...PageQuery }, { additionalProperties: false }),
    response: { 200: Page(TunnelAgent) },
  },
} as const satisfies Operation
