import { vi } from 'vitest'
import type { Input, Operation, Output } from '#contract/operation'
import type { Problem } from '#contract/problem'

type Request = { url: URL; headers: Headers; body: unknown }
type Answer = { status: number; body: unknown }
type Handler = (request: Request) => Answer | Promise<Answer>

/** A refusal, as the server words it. */
export const problem = (status: number, code: string, error = 'It was refused.'): Answer => ({
  status,
  body: { error, code } satisfies Problem,
})

const matches = (op: Operation, method: string, path: string) =>
  op.method === method && new RegExp(`^${op.url.replace(/:\w+/g, '[^/]+')}$`).test(path)

/** Stands in for `fetch`: answers by operation and remembers what was asked. `/v1/nodes/a` finds the most literal operation. */
export function fakeServer() {
  const handlers: { op: Operation; handle: Handler }[] = []
  const requests: { operation: string; body: unknown; headers: Headers; url: URL }[] = []

  const fetch = vi.fn(async (address: string | URL, init: RequestInit = {}): Promise<Response> => {
    init.signal?.throwIfAborted()
    const url = new URL(address, 'http://shardlyn.test')
    const found = handlers.findLast(({ op }) => matches(op, init.method ?? 'GET', url.pathname))
    if (!found) throw new TypeError('Failed to fetch')
    const headers = new Headers(init.headers)
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    requests.push({ operation: found.op.schema.operationId, body, headers, url })
    const answer = await found.handle({ url, headers, body })
    return new Response(answer.status === 204 ? null : JSON.stringify(answer.body), { status: answer.status })
  })
  vi.stubGlobal('fetch', fetch)

  return {
    requests,
    /** How often an operation was asked for. */
    count: (op: Operation) => requests.filter(({ operation }) => operation === op.schema.operationId).length,
    answer<O extends Operation>(op: O, answer: Output<O> | ((body: Input<O>) => Answer)) {
      handlers.push({
        op,
        handle: ({ body }) =>
          typeof answer === 'function'
            ? (answer as (input: unknown) => Answer)({ body })
            : { status: answer === undefined ? 204 : 200, body: answer },
      })
    },
    handle: (op: Operation, handle: Handler) => void handlers.push({ op, handle }),
  }
}
