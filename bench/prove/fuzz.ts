import { Check } from 'typebox/value'
import { operations } from '#contract/all'
import { getMe } from '#contract/auth'
import type { Operation } from '#contract/operation'
import { listWaitingLinks } from '#contract/mail'
import { Problem } from '#contract/problem'
import { createLog } from '#server/log'
import { getDiagnostics, listSupportMessages } from '#contract/support'
import { testApp, type TestApp } from '#server/testing/app'
import { generate, type Pool, spoil } from '#server/testing/generate'
import { buildOrganization } from '#server/testing/organization'
import { createRandom, type Random } from '#server/testing/random'
import { plantSecrets, type Planted } from '#server/testing/secrets'

export const fuzzRoles = ['nobody', 'user', 'granted', 'owner', 'platform admin', 'token'] as const
type Role = (typeof fuzzRoles)[number]

/** Rebuilt this often, because random calls delete what they can. */
const BATCH = 1000
/** What takes a password hash, and so tens of milliseconds, is called less often. */
const slow = new Set(['login', 'bootstrap', 'register', 'updatePassword', 'createUser', 'resetPassword'])
const callable = operations.filter((op) => op.auth !== 'agent')
/** Any operation can answer these, whatever it declares. */
const shared = new Set([400, 401, 403, 404, 413, 415, 429, 503])
const traces = [
  /\n\s+at .+:\d+:\d+/,
  /node:internal/,
  /\/(server|contract|node_modules)\/[\w/-]+\.(ts|js)/,
  /Sqlite|SQLITE/,
]

/** There an administrator sees the last lines of the server's own log, with what led to a refusal. */
const showsLog = new Set<Operation>([getDiagnostics, listSupportMessages])

type Found = { what: string; operation: string; status: number; input: string; answer: string }

function problemsOf(op: Operation, status: number, text: string, type: string, planted: Planted): string[] {
  const found: string[] = []
  if (status >= 500 && status !== 503) found.push('an answer of 500')
  if (!showsLog.has(op) && traces.some((trace) => trace.test(text))) found.push('a stack trace')
  const secret = planted.find((value) => text.includes(value))
  // There an administrator takes the links that no mail carries.
  if (secret && op !== listWaitingLinks) found.push(`the secret ${planted.nameOf(secret)}`)
  const schema = op.schema.response[status]
  if (!schema && !shared.has(status) && op.kind === undefined) found.push('a status that is not documented')
  if (!type.includes('json') || status === 204 || text === '' || text === 'null') return found
  const body: unknown = op.kind === 'stream' && status === 200 ? null : JSON.parse(text)
  if (body !== null && !Check(schema ?? Problem, body)) found.push('an answer off its schema')
  return found
}

const oddPaths = ['...', '%', "'", 'x'.repeat(280), ' ']

function inputFor(op: Operation, random: Random, pool: Pool) {
  const { params, querystring, body } = op.schema
  const bad = (value: unknown) => (random.once(2) ? spoil(value, random) : value)
  const [, noun = ''] = /^\/v1\/(?:admin\/)?(\w+)/.exec(op.url) ?? []
  const fitting = { ...pool.fitting, id: pool.fitting?.[noun] ?? [] }
  const path = params ? (generate(params, random, { ...pool, fitting }) as Record<string, unknown>) : {}
  return {
    params: random.once(6) ? Object.fromEntries(Object.keys(path).map((name) => [name, random.pick(oddPaths)])) : path,
    ...(querystring && { query: asQuery(bad(generate(querystring, random, pool))) }),
    ...(body && { body: bad(generate(body, random, pool)) }),
  }
}
const asQuery = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : { odd: value }

/** Somebody of each role, who signs in again when a call has ended the session; nobody has no token. */
async function signIn(app: TestApp, role: Role, planted: Planted) {
  const built = await buildOrganization(app, 'fuzzed')
  const { people, ids } = built
  const admin = await app.adminToken()
  const me = (await app.call(getMe, {}, { token: admin })).json() as { id: string }
  const person = {
    user: people.user,
    granted: people.granted,
    owner: people.owner,
    'platform admin': { id: me.id, token: admin },
  }
  const again = async () =>
    role === 'nobody' ? null : role === 'token' ? planted.apiToken : app.auth.openSessionFor(person[role].id)
  const { fitting } = built
  return { ids, fitting, again }
}

async function runBatch(
  role: Role,
  calls: number,
  random: Random,
  found: Found[],
  reached: Set<string>,
): Promise<void> {
  const lines: string[] = []
  await using app = await testApp({
    config: { logLevel: 'trace' },
    log: createLog('trace', { write: (line) => void lines.push(line) }),
  })
  const planted = await plantSecrets(app)
  const { ids, fitting, again } = await signIn(app, role, planted)
  let token = await again()
  const emails = ['fuzzed-user@example.com', 'fuzzed-admin@example.com', 'admin@example.com']
  const texts = ['fuzzed', 'name', 'a b', '2026-01-01T00:00:00Z', 'instance.created']
  const pool = { ids, emails, texts, hasIdsInText: true, fitting }
  for (let n = 0; n < calls; n++) {
    let op = random.pick(callable)
    while (slow.has(op.schema.operationId) && !random.once(30)) op = random.pick(callable)
    const input = inputFor(op, random, pool)
    // What no address can carry is nobody's request.
    if (JSON.stringify(input.query ?? '').includes(String.raw`\ud`)) continue
    const answer = await app.call(op, input, { token, from: `127.${random.int(0, 255)}.${random.int(0, 255)}.7` })
    if (answer.status < 400) reached.add(op.schema.operationId)
    // Suspended or deleted by a call of their own: nobody is left to go on as.
    if (answer.status === 401 && token !== null && op.auth !== 'public') token = await again().catch(() => token)
    const type = String(answer.headers['content-type'] ?? '')
    for (const what of problemsOf(op, answer.status, answer.text, type, planted)) {
      found.push({
        what,
        operation: op.schema.operationId,
        status: answer.status,
        input: JSON.stringify(input).slice(0, 600),
        answer: answer.text.slice(0, 400),
      })
    }
  }
  const problem = (what: string) => found.push({ what, operation: '', status: 0, input: '', answer: '' })
  const told = planted.find((value) => lines.some((line) => line.includes(value)))
  if (told) problem(`the secret ${planted.nameOf(told)} in the log`)
  const kept = planted.findStored(app.control.database.serialize())
  if (kept) problem(`the secret ${kept} in the database`)
  if (lines.length === 0) problem('a log in which nothing can be looked for')
}

/** Requests made from the document, right and wrong, in each role: none is answered with 500, off its schema, with a trace or with a secret. */
export async function proveFuzz(callsPerRole: number, seed = 1, say: (line: string) => void = () => {}) {
  const random = createRandom(seed)
  const found: Found[] = []
  const reached = new Set<string>()
  for (const role of fuzzRoles) {
    for (let done = 0; done < callsPerRole; done += BATCH) {
      await runBatch(role, Math.min(BATCH, callsPerRole - done), random, found, reached)
    }
    say(`${role}: ${callsPerRole} calls, ${found.length} problems so far`)
  }
  const neverReached = callable.map((op) => op.schema.operationId).filter((id) => !reached.has(id))
  return { roles: fuzzRoles.length, callsPerRole, found, neverReached }
}

if (import.meta.main) {
  const [calls = 20_000, seed = 1] = process.argv.slice(2).map(Number)
  const figure = await proveFuzz(calls, seed, (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure, null, 1)}\n`)
  if (figure.found.length > 0) process.exitCode = 1
}
