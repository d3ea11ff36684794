import type { Duplex, Readable, Writable } from 'node:stream'

/** One request of the control plane, over the tunnel's HTTP/2. */
export type AgentRequest = {
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body as JSON; refuses more than 16 MiB. */
  json: () => Promise<unknown>
  /** The body as bytes. */
  body: Readable
  /** Aborted when the control plane closes the stream or the session ends. */
  signal: AbortSignal
}

/** `json` is sent as JSON; `stream` writes the body itself and ends it by returning. Neither means 204. */
export type AgentReply = {
  status?: number
  headers?: Record<string, string>
  json?: unknown
  stream?: (sink: Writable) => Promise<void>
}

/**
 * What the CONNECT method reaches. `open` rejects with an AgentError where it cannot be reached; what it answers is joined with the
 * stream until either side ends.
 */
export type AgentTarget = { authority: string; open: (signal: AbortSignal) => Promise<Duplex> }

export type AgentRoute = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** One of `agentPaths`. */
  path: string
  handle: (request: AgentRequest) => Promise<AgentReply> | AgentReply
}
