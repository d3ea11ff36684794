import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { type Account, address, client } from '#server/testing/fake-github'
import { placeOf, withGithub } from '#server/testing/github-journey'
import { createGithubClient } from './client.ts'

const ben: Account = { id: 4711, login: 'ben', emails: [address('ben@example.com')] }
const failed = (code: string) => `/sign-in#github_error=${code}`

test('state is good once, for ten minutes, and only in the browser that it was made for', async () => {
  await using it = await withGithub({ registration: 'open' })
  const { url, cookie } = await it.begin()
  const query = it.github.consent(url, ben)
  const other = (await it.begin()).cookie
  for (const stranger of ['', 'shardlyn_github=', other]) {
    expect(placeOf(await it.finish(query, stranger))).toBe(failed('expired'))
  }
  expect(placeOf(await it.finish({ ...query, state: 'made-up' }, cookie))).toBe(failed('expired'))
  expect(placeOf(await it.finish({ code: query.code }, cookie))).toBe(failed('expired'))
  const answers = await Promise.all([it.finish(query, cookie), it.finish(query, cookie)])
  expect(answers.map(placeOf).filter((place) => place.includes('github_code'))).toHaveLength(1)
  const late = await it.begin()
  it.clock.advance(10 * 60_000)
  expect(placeOf(await it.finish(it.github.consent(late.url, ben), late.cookie))).toBe(failed('expired'))
})

test.each([
  ['access_denied', 'access_denied'],
  ['redirect_uri_mismatch', 'failed'],
  ['<script>', 'failed'],
])('what GitHub sends back as %s is told as %s', async (error, code) => {
  await using it = await withGithub()
  const { url, cookie } = await it.begin()
  const state = new URL(url).searchParams.get('state') ?? ''
  expect(placeOf(await it.finish({ state, error, error_description: 'words' }, cookie))).toBe(failed(code))
  expect(placeOf(await it.finish({ state, code: 'later' }, cookie))).toBe(failed('expired'))
})

test.each<[string, Account['emails'], string | null]>([
  ['no address', [], null],
  ['an address that is not verified', [address('ben@example.com', { verified: false })], null],
  ['the address that GitHub itself gives', [address('4711+ben@users.noreply.github.com')], null],
  ['letters that become others in lower case', [address('ben@\u212Aelvin.example')], null],
  ['another verified one', [address('ben@a.co', { verified: false }), address('B@b.co', { primary: false })], 'b@b.co'],
  ['the primary one', [address('one@b.co', { primary: false }), address('two@b.co')], 'two@b.co'],
])('with %s the account has the address that is verified', async (_, emails, expected) => {
  await using it = await withGithub({ registration: 'open' })
  // What stands in the profile is not verified by anybody, whatever it says of itself.
  const profile = { email: 'ana@example.com', email_verified: true, verified: true }
  const { place } = await it.arrive({ ...ben, emails, profile })
  const users = it.app.control.database.prepare('select email from users order by rowid desc').all() as {
    email: string
  }[]
  expect([place.split('=')[0], users[0]?.email]).toEqual(
    expected === null ? ['/sign-in#github_error', 'ana@example.com'] : ['/sign-in#github_code', expected],
  )
})

const json = { 'content-type': 'application/json' }
test.each<[string, 'token' | 'user' | 'emails', (response: ServerResponse) => void]>([
  ['a refusal with status 200', 'token', (r) => r.writeHead(200, json).end('{"error":"bad_verification_code"}')],
  ['an error page', 'token', (r) => r.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')],
  [
    'a page instead of JSON',
    'token',
    (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('access_token=gho_a'),
  ],
  [
    'a form instead of JSON',
    'token',
    (r) => r.writeHead(200, { 'content-type': 'application/x-www-form-urlencoded' }).end('access_token=gho_a'),
  ],
  ['half an answer', 'token', (r) => r.writeHead(200, json).end('{"access_token":"gho_')],
  ['an answer of megabytes', 'token', (r) => r.writeHead(200, json).end(`{"access_token":"${'a'.repeat(5_000_000)}"}`)],
  ['a redirect', 'token', (r) => r.writeHead(307, { location: 'http://127.0.0.1:9/' }).end()],
  ['a redirect', 'user', (r) => r.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
  ['a cut connection', 'user', (r) => r.destroy()],
  ['nobody', 'user', (r) => r.writeHead(200, json).end('{"id":null,"login":"ben"}')],
  ['a number in letters', 'user', (r) => r.writeHead(200, json).end('{"id":"1","login":"ben"}')],
  ['a rate limit', 'emails', (r) => r.writeHead(403, json).end('{"message":"API rate limit exceeded"}')],
  ['no list', 'emails', (r) => r.writeHead(200, json).end('{"email":"ben@example.com","verified":true}')],
  [
    'words for truth',
    'emails',
    (r) => r.writeHead(200, json).end('[{"email":"b@b.co","primary":true,"verified":"no"}]'),
  ],
])('%s from GitHub (%s) is a failure and nothing else', async (_, route, answer) => {
  await using it = await withGithub({ registration: 'open' })
  it.github.instead.set(route, answer)
  expect((await it.arrive(ben)).place).toBe(failed('failed'))
  expect(it.app.control.database.prepare('select count(*) as n from users').get()).toEqual({ n: 1 })
})

test('a GitHub that does not end its answer is left alone after a while', async () => {
  await using it = await withGithub()
  const { base_url, api_url } = it.github
  it.github.instead.set('token', (response) => response.writeHead(200, json).write('{'))
  const journey = { code: 'a', code_verifier: 'b', redirect_uri: 'c' }
  await expect(
    createGithubClient({ timeoutMs: 50 }).accountOf({ ...client, base_url, api_url }, journey),
  ).rejects.toThrow('aborted')
})

test('the client secret goes to the token endpoint only, and no token stays in the database', async () => {
  await using it = await withGithub({ registration: 'open' })
  const { code, cookie } = await it.arrive(ben)
  await it.exchange(code, cookie)
  expect(it.github.seen.map(({ route }) => route)).toEqual(['token', 'user', 'emails'])
  for (const { route, headers, body } of it.github.seen) {
    expect([route, JSON.stringify([headers, body]).includes(client.client_secret)]).toEqual([route, route === 'token'])
  }
  const tables = it.app.control.database.prepare(`select name from sqlite_master where type = 'table'`).all()
  const rows = (tables as { name: string }[]).flatMap(({ name }) =>
    it.app.control.database.prepare(`select * from "${name}"`).all(),
  )
  for (const word of [client.client_secret, code, ...it.github.tokens.keys()]) {
    expect(JSON.stringify(rows)).not.toContain(word)
  }
})
