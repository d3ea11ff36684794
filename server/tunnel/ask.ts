import type { IncomingHttpHeaders } from 'node:http2'
import type { Readable } from 'node:stream'
import type { Static, TSchema } from 'typebox'
import { Problem } from '#contract/problem'
import { AppError, unavailable } from '#server/errors'
import type { Clock } from '#server/clock'
import type { AgentAnswer, AgentCall } from './agents.ts'
import { fits } from './checks.ts'
import { inTime, TooLate } from '#server/time-limit'
import type { Session } from './session.ts'

const MAX_ANSWER = 16 * 1024 * 1024
const MAX_REFUSAL = 64 * 1024
const ANSWER_MS = 15_000
/** Others would be taken for our own: a 401 from an agent must not sign anybody out. */
const passedOn = new Set([400, 403, 404, 409, 410, 413, 415, 416, 422, 429, 503, 507])

async function readAll(stream: Readable, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      stream.destroy()
      throw unusable('sent too much')
    }
    parts.push(chunk)
  }
  return Buffer.concat(parts, size)
}

const unusable = (what: string) =>
  unavailable('agent_answer_unusable', `The agent of this machine ${what}. Update it, or look at its log.`)

export const connectionLost = (cause: unknown) =>
  unavailable('node_offline', 'The connection to the machine was lost. Try again when it is back.', cause)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A whole answer of an agent, read to its end. */
export async function toAnswer(
  { status, headers, stream }: { status: number; headers: IncomingHttpHeaders; stream: Readable },
  maxBytes = MAX_ANSWER,
): Promise<AgentAnswer> {
  const bytes = await readAll(stream, maxBytes)
  let parsed: { value: unknown } | undefined
  const json = <S extends TSchema>(schema?: S): unknown => {
    parsed ??= { value: parse(bytes.toString('utf8')) }
    const { value } = parsed
    if (value === undefined || (schema && !fits(schema, value))) throw unusable('gave an answer that cannot be read')
    return value
  }
  return { status, headers, json: json as <S extends TSchema>(schema?: S) => Static<S> }
}

/** What an agent refused, as our own refusal. */
function toAppError(status: number, bytes: Buffer): AppError {
  const problem = parse(bytes.toString('utf8'))
  if (!passedOn.has(status) || !fits(Problem, problem) || !/^[a-z0-9_]{1,64}$/.test(problem.code)) {
    return unavailable(
      'agent_failed',
      'The agent of this machine could not do it. Its log says why.',
      new Error(`agent answered ${status}: ${bytes.toString('utf8', 0, 500)}`),
    )
  }
  return new AppError(status, problem.code, problem.error.slice(0, 1000))
}

/** Whoever asked does not wait for a refusal that never ends. */
export async function refusalOf(status: number, stream: Readable, clock: Clock, timeoutMs: number): Promise<AppError> {
  const cancel = clock.after(timeoutMs, () => stream.destroy())
  try {
    return toAppError(status, await readAll(stream, MAX_REFUSAL).catch(() => Buffer.alloc(0)))
  } finally {
    cancel()
  }
}

/** Asks a machine for what it must begin to answer in time, unless whoever asks wants it no more. */
export async function answerInTime<R>(
  clock: Clock,
  { timeoutMs = ANSWER_MS, signal }: { timeoutMs?: number | undefined; signal?: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  try {
    return await inTime(clock, { ms: timeoutMs, signal }, work)
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof TooLate) {
      throw unavailable('agent_timeout', 'The machine did not answer in time. Try again.', error.cause)
    }
    throw connectionLost(error)
  }
}

/** One question and its whole answer. */
export function ask(
  session: Session,
  clock: Clock,
  { method, path, json, body, timeoutMs = ANSWER_MS, signal }: AgentCall,
  maxBytes = MAX_ANSWER,
): Promise<AgentAnswer> {
  return answerInTime(clock, { timeoutMs, signal }, async (signal) => {
    const bytes = json === undefined ? body : Buffer.from(JSON.stringify(json))
    const type = json === undefined ? 'application/octet-stream' : 'application/json'
    const answer = await session.open({ method, path, ...(bytes && { type }) }, bytes, signal)
    if (answer.status >= 400) throw await refusalOf(answer.status, answer.stream, clock, timeoutMs)
    return toAnswer(answer, maxBytes)
  })
}
