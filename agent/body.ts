import type { Readable } from 'node:stream'
import { AgentError, invalid } from './errors.ts'
import type { AgentRequest } from './http.ts'

const INPUT_MAX = 64 * 1024

/** A number in a request's query; undefined when it is not there. */
export function integer(request: Pick<AgentRequest, 'query'>, name: string): number | undefined {
  const text = request.query.get(name)
  if (text === null) return undefined
  if (!/^\d{1,15}$/.test(text)) throw invalid('invalid_request', `${name} must be a whole number.`)
  return Number(text)
}

/** What was typed. */
export async function bytes(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length
    if (size > INPUT_MAX) throw new AgentError(413, 'too_large', 'At most 64 KiB can be typed at once.')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
