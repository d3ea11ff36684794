import type { IncomingHttpHeaders } from 'node:http2'
import type { Duplex, Readable } from 'node:stream'
import type { Static, TSchema } from 'typebox'
import type { AgentListener } from './listener.ts'

export type AgentMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** `path` is one of `agentPaths`, filled in by `urlFor({ url }, { params, query })`. */
export type AgentCall = {
  method: AgentMethod
  path: string
  json?: unknown
  /** Raw bytes, instead of `json`. */
  body?: Buffer
  /** 15 s unless told. */
  timeoutMs?: number
  /** Ends the request early; whoever asked hears `node_offline`. */
  signal?: AbortSignal
}

export type AgentAnswer = {
  status: number
  headers: IncomingHttpHeaders
  /** The body as JSON. With a schema it is checked, because an agent may say anything; what does not fit is `agent_answer_unusable`. */
  json: { <S extends TSchema>(schema: S): Static<S>; (): unknown }
}

export type AgentStream = { status: number; headers: IncomingHttpHeaders; stream: Readable }

/**
 * How features reach the agents. A refusal of the agent becomes an AppError with its status and code; a machine that is
 * away is `unavailable('node_offline')`; no answer in time is `agent_timeout`.
 */
export type Agents = {
  request: (nodeId: string, call: AgentCall) => Promise<AgentAnswer>
  /**
   * Answers once the headers are there, for which there are 15 s unless told. The caller reads the stream, and destroys it or
   * aborts the signal when it has enough.
   */
  stream: (
    nodeId: string,
    call: { method: AgentMethod; path: string; signal: AbortSignal; timeoutMs?: number },
  ) => Promise<AgentStream>
  /** Sends a body of any length; answers once the agent did. Ends early, and rejects, when the agent refuses meanwhile. */
  upload: (
    nodeId: string,
    call: { method: AgentMethod; path: string; body: Readable; signal: AbortSignal; headers?: Record<string, string> },
  ) => Promise<AgentAnswer>
  /** A connection through the agent to what `authority` names there; see CONNECT_SSHD. Ended by either side as a socket is. */
  connect: (nodeId: string, authority: string, signal: AbortSignal) => Promise<Duplex>
  isConnected: (nodeId: string) => boolean
  /** Tells a feature what agents say. Called while the app is composed. */
  listen: (listener: Partial<AgentListener>) => void
}
