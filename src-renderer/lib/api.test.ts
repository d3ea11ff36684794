import { afterEach, expect, test, vi } from 'vitest'
import { getBootstrapStatus, getMe } from '#contract/auth'
import { getNode, listNodes, updateNode } from '#contract/nodes'
import { fakeServer, problem } from '../testing/server.ts'
import { ApiError, authorizeCalls, call } from './api.ts'

afterEach(() => vi.unstubAllGlobals())

const signedIn = (tokens: string[], organization: string | null = null) => {
  let at = 0
  const renewed = vi.fn(async () => ++at < tokens.length)
  authorizeCalls({
    token: async () => tokens[Math.min(at, tokens.length - 1)],
    renewed,
    organizationId: () => organization,
  })
  return renewed
}

test('a call fills in its path and query, and carries the token and the organization', async () => {
  const server = fakeServer()
  signedIn(['t1'], 'org-1')
  server.answer(listNodes, { items: [], next_cursor: null })

  await call(listNodes, { query: { search: 'a b&c', limit: 5 } })

  const [request] = server.requests
  expect(request?.url.search).toBe('?search=a%20b%26c&limit=5')
  expect(request?.headers.get('authorization')).toBe('Bearer t1')
  expect(request?.headers.get('x-organization-id')).toBe('org-1')
})

test('a public operation is called without a token', async () => {
  const server = fakeServer()
  signedIn(['t1'], 'org-1')
  server.answer(getBootstrapStatus, { needs_bootstrap: false, needs_code: false })

  await call(getBootstrapStatus, {})

  expect([...(server.requests[0]?.headers.keys() ?? [])]).toEqual(['accept'])
})

test('a refused token is renewed once, and the call repeated', async () => {
  const server = fakeServer()
  const renewed = signedIn(['old', 'new'])
  server.handle(getMe, ({ headers }) =>
    headers.get('authorization') === 'Bearer new'
      ? { status: 200, body: { email: 'a@b.c' } }
      : problem(401, 'unauthorized'),
  )

  expect(await call(getMe, {})).toEqual({ email: 'a@b.c' })
  expect(renewed).toHaveBeenCalledExactlyOnceWith('old')
})

test('a token that cannot be renewed ends in the refusal', async () => {
  const server = fakeServer()
  signedIn(['old'])
  server.handle(getMe, () => problem(401, 'unauthorized'))

  await expect(call(getMe, {})).rejects.toMatchObject({ status: 401, problem: { code: 'unauthorized' } })
  expect(server.count(getMe)).toBe(1)
})

test('a refusal keeps the code and the details of the server', async () => {
  const server = fakeServer()
  signedIn(['t1'])
  const details = [{ path: 'name', message: 'is missing' }]
  server.handle(updateNode, () => ({
    status: 400,
    body: { error: 'name is missing.', code: 'invalid_request', details },
  }))

  await expect(call(updateNode, { params: { id: 'n' }, body: {} })).rejects.toMatchObject({
    status: 400,
    message: 'name is missing.',
    problem: { code: 'invalid_request', details },
  })
})

test('no answer at all is an error with a code of ours, and an answer that is not JSON too', async () => {
  signedIn(['t1'])
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
  await expect(call(getMe, {})).rejects.toMatchObject({ status: 0, problem: { code: 'unreachable' } })

  vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }))
  await expect(call(getMe, {})).rejects.toMatchObject({
    status: 502,
    problem: { code: 'http_502', error: 'Bad Gateway' },
  })
})

test('a call that its caller gave up rejects with the abort, not with an error to show', async () => {
  const server = fakeServer()
  signedIn(['t1'])
  server.answer(getNode, {} as never)
  const leave = new AbortController()
  leave.abort()

  const failure = await call(getNode, { params: { id: 'n' } }, { signal: leave.signal }).catch(
    (error: unknown) => error,
  )
  expect(failure).not.toBeInstanceOf(ApiError)
  expect(failure).toMatchObject({ name: 'AbortError' })
})
