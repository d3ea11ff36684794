import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Operation, type Output, urlFor } from '#contract/operation'
import type { Problem } from '#contract/problem'
import type { Account } from './config.ts'
import { openConnection } from './connect.ts'
import { Failure } from './failure.ts'

type Given = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }

/** What a refusal says, in the server's own words. */
export function wordsOf(status: number | undefined, body: string): string {
  try {
    const { error } = JSON.parse(body) as Problem
    if (typeof error === 'string') return error
  } catch {
    // Not from our server.
  }
  return `The server answered with status ${status ?? 'unknown'}.`
}

/** Calls an operation of the control plane. */
export async function call<O extends Operation>(account: Account, operation: O, given: Given = {}): Promise<Output<O>> {
  const socket = await openConnection(account)
  const body = given.body === undefined ? undefined : JSON.stringify(given.body)
  const url = new URL(urlFor(operation, given), account.url)
  const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const asking = request(
      {
        createConnection: () => socket,
        method: operation.method,
        path: `${url.pathname}${url.search}`,
        headers: {
          host: url.host,
          authorization: `Bearer ${account.token}`,
          connection: 'close',
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
      },
    )
    asking.on('error', (error) => reject(new Failure(`${account.url} cannot be reached: ${error.message}`)))
    asking.end(body)
  })
  if (answer.status === undefined || answer.status >= 300) throw new Failure(wordsOf(answer.status, answer.body))
  return (answer.body === '' ? undefined : JSON.parse(answer.body)) as Output<O>
}
