import { type Input, type Operation, type Output, urlFor } from '#contract/operation'
import type { Problem } from '#contract/problem'

/** A refusal of the server, or `status` 0 when no answer came. Switch on `problem.code`, never on the text. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem
  constructor(status: number, problem: Problem, options?: ErrorOptions) {
    super(problem.error, options)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }
}

/** Who is calling. Set once by the session, so that this file knows nothing of signing in. */
export type Authorization = {
  /** A token good for at least this request; undefined when nobody is signed in. */
  token(): Promise<string | undefined>
  /** The server refused `token`. True when a newer one is there and the call is worth repeating. */
  renewed(token: string | undefined): Promise<boolean>
  organizationId(): string | null
}

let authorization: Authorization | undefined
export function authorizeCalls(by: Authorization): void {
  authorization = by
}

export type CallOptions = { signal?: AbortSignal | undefined; timeoutMs?: number }
type Parts = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }

const TIMEOUT_MS = 30_000

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined)
  if (body && typeof body === 'object' && 'error' in body && 'code' in body) return body as Problem
  return { error: response.statusText || `HTTP ${response.status}`, code: `http_${response.status}` }
}

async function attempt(
  op: Operation,
  input: Parts,
  token: string | undefined,
  options: CallOptions,
): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' })
  if (token) headers.set('authorization', `Bearer ${token}`)
  const organization = token ? authorization?.organizationId() : null
  if (organization) headers.set('x-organization-id', organization)
  if (input.body !== undefined) headers.set('content-type', 'application/json')
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  try {
    return await fetch(urlFor(op, input), {
      method: op.method,
      headers,
      credentials: 'omit',
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
    })
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new ApiError(
      0,
      { error: 'The server did not answer.', code: timeout.aborted ? 'timeout' : 'unreachable' },
      { cause },
    )
  }
}

async function send(op: Operation, input: Parts, options: CallOptions): Promise<Response> {
  const isOpen = op.auth === 'public'
  const token = isOpen ? undefined : await authorization?.token()
  let response = await attempt(op, input, token, options)
  if (response.status === 401 && !isOpen && (await authorization?.renewed(token))) {
    response = await attempt(op, input, await authorization?.token(), options)
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response))
  return response
}

/** Calls one operation of the contract. The types of what goes in and comes out are the contract's own. */
export async function call<O extends Operation>(op: O, input: Input<O>, options: CallOptions = {}): Promise<Output<O>> {
  const response = await send(op, input as Parts, options)
  return (response.status === 204 ? undefined : await response.json()) as Output<O>
}

/** What an operation streams, as text. */
export async function readText<O extends Operation>(
  op: O,
  input: Input<O>,
  options: CallOptions = {},
): Promise<string> {
  return (await send(op, input as Parts, options)).text()
}

/** Saves what an operation streams as a file. A link would not do: the token belongs in a header, never in an address. */
export async function download<O extends Operation>(
  op: O,
  input: Input<O>,
  filename: string,
  options: CallOptions = {},
): Promise<void> {
  const blob = await (await send(op, input as Parts, { timeoutMs: 600_000, ...options })).blob()
  const address = URL.createObjectURL(blob)
  const link = Object.assign(document.createElement('a'), { href: address, download: filename })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** Sends the bytes of an operation, as many as there are, and tells how many have left. `fetch` could not tell. */
export async function upload<O extends Operation>(
  op: O,
  input: Input<O>,
  body: Blob,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (sent: number) => void },
): Promise<void> {
  const token = await authorization?.token()
  const organization = authorization?.organizationId()
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const unreachable = () => reject(new ApiError(0, { error: 'The server did not answer.', code: 'unreachable' }))
    request.open(op.method, urlFor(op, input as Parts))
    request.responseType = 'json'
    request.setRequestHeader('content-type', 'application/octet-stream')
    if (token) request.setRequestHeader('authorization', `Bearer ${token}`)
    if (organization) request.setRequestHeader('x-organization-id', organization)
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    request.addEventListener('error', unreachable)
    request.addEventListener('timeout', unreachable)
    request.addEventListener('abort', () => reject(signal.reason as Error))
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) return resolve()
      const said = request.response as Problem | null
      reject(
        new ApiError(request.status, said?.code ? said : { error: request.statusText, code: `http_${request.status}` }),
      )
    })
    const abort = () => request.abort()
    signal.addEventListener('abort', abort, { once: true })
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort))
    if (signal.aborted) return reject(signal.reason as Error)
    request.send(body)
  })
}

/** A stream may go on for as long as somebody looks; this only ends what was forgotten. */
const STREAM_MS = 24 * 3600_000

/** What an operation streams, piece by piece, until it ends or the signal is aborted. */
export async function openStream<O extends Operation>(
  op: O,
  input: Input<O>,
  signal: AbortSignal,
): Promise<ReadableStream<BufferSource>> {
  const { body } = await send(op, input as Parts, { signal, timeoutMs: STREAM_MS })
  return (body ?? new Blob().stream()) as ReadableStream<BufferSource>
}
