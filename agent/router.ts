import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { constants } from 'node:http2'
import { pipeline } from 'node:stream'
import type { Problem } from '#contract/problem'
import { AgentError, invalid, notFound } from './errors.ts'
import type { AgentReply, AgentRequest, AgentRoute, AgentTarget } from './http.ts'
import type { Logger } from './logger.ts'

const MAX_JSON = 16 * 1024 * 1024

export type Router = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

/** Answers the control plane's requests, each a stream of the tunnel, by the routes of the features. */
export function createRouter(routes: readonly AgentRoute[], log: Logger, targets: readonly AgentTarget[] = []): Router {
  const known = routes.map((route) => ({ route, segments: route.path.split('/') }))

  function find(method: string, path: string): { route: AgentRoute; params: Record<string, string> } {
    const parts = path.split('/')
    let pathIsKnown = false
    for (const { route, segments } of known) {
      const params = match(segments, parts)
      if (!params) continue
      if (route.method === method) return { route, params }
      pathIsKnown = true
    }
    if (pathIsKnown) throw new AgentError(405, 'method_not_allowed', `There is no ${method} at ${path}.`)
    throw notFound('not_found', `This agent knows nothing at ${path}. It may be older than the control plane.`)
  }

  async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, signal: AbortSignal) {
    const [path = '', query = ''] = (headers[':path'] ?? '').split('?', 2)
    const { route, params } = find(headers[':method'] ?? '', path)
    const request: AgentRequest = {
      params,
      query: new URLSearchParams(query),
      headers,
      json: () => readJson(stream),
      body: stream,
      signal,
    }
    await send(stream, await route.handle(request))
  }

  async function join(stream: ServerHttp2Stream, authority: string, signal: AbortSignal) {
    const target = targets.find((each) => each.authority === authority)
    if (!target) throw notFound('not_found', `This agent connects nobody to ${authority}.`)
    const socket = await target.open(signal)
    if (stream.destroyed) return void socket.destroy()
    stream.respond({ ':status': 200 })
    // Half-closed ends pass through; what breaks one side ends the other.
    pipeline(stream, socket, () => {})
    pipeline(socket, stream, () => {})
  }

  return (stream, headers) => {
    const over = new AbortController()
    stream.on('close', () => over.abort())
    // The peer may reset any stream at any time; that is no failure of ours.
    stream.on('error', () => {})
    const done =
      headers[':method'] === 'CONNECT'
        ? join(stream, headers[':authority'] ?? '', over.signal)
        : answer(stream, headers, over.signal)
    done.catch((error: unknown) => {
      if (!(error instanceof AgentError) && !over.signal.aborted) {
        log.error({ err: error, path: headers[':path'] }, 'a request failed')
      }
      refuse(stream, error)
    })
  }
}

function match(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, segment] of segments.entries()) {
    const part = parts[i] ?? ''
    if (segment.startsWith(':')) params[segment.slice(1)] = decode(part)
    else if (segment !== part) return undefined
  }
  return params
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('invalid_request', 'The path is not well formed.')
  }
}

async function readJson(stream: ServerHttp2Stream): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_JSON) throw new AgentError(413, 'too_large', 'The body is too large.')
    parts.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(parts, size).toString('utf8'))
  } catch {
    throw invalid('invalid_request', 'The body is not JSON.')
  }
}

async function send(
  stream: ServerHttp2Stream,
  { status, headers = {}, json, stream: write }: AgentReply,
): Promise<void> {
  if (stream.destroyed) return
  if (write) {
    stream.respond({ ':status': status ?? 200, ...headers })
    await write(stream)
    stream.end()
  } else if (json !== undefined) {
    stream.respond({ ':status': status ?? 200, 'content-type': 'application/json', ...headers })
    stream.end(JSON.stringify(json))
  } else {
    stream.respond({ ':status': status ?? 204, ...headers }, { endStream: true })
  }
}

function refuse(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed) return
  if (stream.headersSent) return stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  const problem: Problem =
    error instanceof AgentError
      ? { error: error.message, code: error.code }
      : { error: 'The agent could not do this. Its log on the machine says why.', code: 'agent_failed' }
  stream.respond({ ':status': error instanceof AgentError ? error.status : 500, 'content-type': 'application/json' })
  stream.end(JSON.stringify(problem))
  // What the peer still sends of its body is not wanted.
  stream.resume()
}
