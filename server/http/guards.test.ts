import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { operations } from '#contract/all'
import { getMe, type Me } from '#contract/auth'
import { getHealth } from '#contract/health'
import { listNodes } from '#contract/nodes'
import type { Operation } from '#contract/operation'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { openApi } from './openapi.ts'

/** A well-formed value for each part of an operation, so that only what a test breaks can be the reason for a refusal. */
const params = async (app: TestApp, op: Operation) => {
  const known: Record<string, unknown> = { category: 'games' }
  if (isOfOrganization(op)) known['orgId'] = ((await app.signedIn(getMe)).json() as Me).organization?.id
  return Object.fromEntries([...op.url.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, known[name] ?? newId()]))
}
const isOfOrganization = (op: Operation) => op.url.includes('/:orgId')
const socketHeaders = { upgrade: 'websocket', connection: 'upgrade' }
const named = operations.map((op) => [op.schema.operationId, op] as const)
const personal = named.filter(([, op]) => op.auth === 'user' || op.auth === 'admin')
const send = async (
  app: TestApp,
  op: Operation,
  token: string | null,
  headers: Record<string, string> = {},
  body: unknown = op.schema.body && {},
) =>
  app.call(
    op,
    { params: await params(app, op), ...(body !== undefined && { body }) },
    { token, headers: { ...(op.kind === 'socket' && socketHeaders), ...headers } },
  )

test('every operation of the contract has a route, and no route is without an operation', async () => {
  await using app = await testApp()
  const routed = app.registered.map((op) => op.schema.operationId).sort()
  expect(routed).toEqual(operations.map((op) => op.schema.operationId).sort())
})

test('operation ids and addresses are unique', () => {
  expect(new Set(operations.map((op) => op.schema.operationId)).size).toBe(operations.length)
  expect(new Set(operations.map((op) => `${op.method} ${op.url.replace(/:\w+/g, ':')}`)).size).toBe(operations.length)
})

test('every schema compiles', async () => {
  await using app = await testApp({ eager: true })
  expect(app.registered.length).toBeGreaterThan(0)
})

test('docs/openapi.json is what the contract says', () => {
  const committed = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')
  expect(committed, 'run npm run openapi').toBe(`${JSON.stringify(openApi(operations), null, 2)}\n`)
})

test.each(personal)('%s is refused without a token', async (_, op) => {
  await using app = await testApp()
  const answer = await send(app, op, null)
  expect([answer.status, answer.json().code]).toEqual([401, 'unauthorized'])
})

test.each(personal)('%s is refused with a token that is not ours', async (_, op) => {
  await using app = await testApp()
  const answer = await send(app, op, 'eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4IiwidHlwIjoiYWNjZXNzIn0.')
  expect([answer.status, answer.json().code]).toEqual([401, 'unauthorized'])
})

test.each(named.filter(([, op]) => op.auth === 'agent'))('%s is refused without an agent token', async (_, op) => {
  await using app = await testApp()
  expect((await send(app, op, await app.adminToken())).status).toBe(401)
})

test.each(personal.filter(([, op]) => op.permission !== undefined || op.auth === 'admin'))(
  '%s is refused to a person without the right',
  async (_, op) => {
    await using app = await testApp()
    // Of an organization that one is not in, nothing is said; there it takes a member who was denied the right.
    const place =
      isOfOrganization(op) && op.permission ? { role: 'user' as const, denials: [op.permission] } : { role: null }
    const { token } = await app.addPerson({ email: 'outsider@example.com', ...place })
    const answer = await send(app, op, token)
    expect([answer.status, answer.json().code]).toEqual([
      403,
      op.auth === 'admin' ? 'admin_only' : 'missing_permission',
    ])
  },
)

test.each(personal.filter(([, op]) => isOfOrganization(op)))(
  '%s says of another organization that there is none',
  async (_, op) => {
    await using app = await testApp()
    const { owner } = await app.addOrganization('Other')
    const answer = await send(app, op, owner.token)
    expect([answer.status, answer.json().code]).toEqual([404, 'organization_not_found'])
  },
)

test.each(named.filter(([, op]) => op.schema.body !== undefined))(
  '%s refuses a field it does not know',
  async (_, op) => {
    await using app = await testApp()
    const answer = await send(app, op, await app.adminToken(), {}, { no_such_field: 1 })
    expect([answer.status, answer.json().code]).toEqual([400, 'invalid_request'])
  },
)

test.each(personal.filter(([, op]) => op.schema.querystring !== undefined))(
  '%s refuses a query it does not know',
  async (_, op) => {
    await using app = await testApp()
    const answer = await app.call(
      op,
      { params: await params(app, op), query: { no_such_query: 1 }, ...(op.schema.body && { body: {} }) },
      { token: await app.adminToken(), headers: op.kind === 'socket' ? socketHeaders : {} },
    )
    expect([answer.status, answer.json().code]).toEqual([400, 'invalid_request'])
  },
)

test.each(named)('%s is refused for a foreign Host, Origin and site', async (_, op) => {
  await using app = await testApp()
  const token = await app.adminToken()
  type Case = [Record<string, string>, string]
  const cases: Case[] = [
    [{ host: 'evil.example' }, 'foreign_host'],
    [{ host: 'localhost.evil.example' }, 'foreign_host'],
    [{ host: 'localhost:81' }, 'foreign_host'],
    [{ origin: 'http://evil.example' }, 'foreign_origin'],
    [{ origin: 'null' }, 'foreign_origin'],
    [{ origin: 'http://localhost:81' }, 'foreign_origin'],
    [{ origin: 'http://localhost.evil.example' }, 'foreign_origin'],
    ...(op.crossSite ? [] : [[{ 'sec-fetch-site': 'cross-site' }, 'foreign_origin'] satisfies Case]),
  ]
  for (const [headers, code] of cases) {
    const answer = await send(app, op, token, headers)
    expect([headers, answer.status, answer.json().code]).toEqual([headers, 403, code])
  }
})

test('our own Host and Origin pass', async () => {
  await using app = await testApp()
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST:80']) {
    expect(
      (await app.call(getHealth, {}, { headers: { host, origin: `http://${host.toLowerCase().replace(':80', '')}` } }))
        .status,
    ).toBe(200)
  }
})

test('a body that is not JSON, too deep, too large or poisoned is refused', async () => {
  await using app = await testApp()
  const login = operations.find((op) => op.schema.operationId === 'login')
  const post = (payload: string, type = 'application/json') =>
    app.app.inject({
      method: 'POST',
      url: login?.url ?? '',
      headers: { host: 'localhost', 'content-type': type },
      payload,
    })
  expect((await post('email=a', 'application/x-www-form-urlencoded')).statusCode).toBe(415)
  expect((await post('{"email":"a"}', 'text/plain')).statusCode).toBe(415)
  expect((await post('{"email":')).statusCode).toBe(400)
  expect((await post('['.repeat(100_000))).json().code).toBe('too_deep')
  expect((await post(`{"email":"${'a'.repeat(2_000_000)}"}`)).statusCode).toBe(413)
  expect((await post('{"__proto__":{"a":1},"email":"a","password":"b"}')).statusCode).toBe(400)
})

test('answers carry the rate limit, and beyond it the time to wait', async () => {
  await using app = await testApp({ config: { rateLimit: 1 } })
  const token = await app.adminToken()
  const answers = []
  for (let i = 0; i < 6; i++) answers.push(await app.call(getMe, {}, { token }))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429, 429])
  const headers: Record<string, unknown> = { ...answers[3]?.headers }
  expect([headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]).toEqual(['3', '0'])
  expect(Number(headers['x-ratelimit-reset'])).toBeGreaterThan(Date.now() / 1000)
  expect(Number(headers['retry-after'])).toBeGreaterThan(0)
})

test('every answer carries the security headers', async () => {
  await using app = await testApp()
  for (const answer of [await app.call(getHealth), await app.call(getMe)]) {
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  }
})

test.each(['1e9999', '-1e9999', 'Infinity', 'NaN', '201', '0', '1.5', ' '])(
  'a page of %j rows is refused in words',
  async (limit) => {
    await using app = await testApp()
    const answer = await app.signedIn(listNodes, { query: { limit } })
    expect([answer.status, answer.json().code]).toEqual([400, 'invalid_request'])
    expect(answer.json().error).toMatch(/^limit /)
  },
)
