import { operations } from '#contract/all'
import type { Operation } from '#contract/operation'
import { testApp } from '#server/testing/app'
import { generate, type Pool } from '#server/testing/generate'
import { buildOrganization, type BuiltOrganization } from '#server/testing/organization'
import { createRandom, type Random } from '#server/testing/random'

/** Rebuilt this often, because random calls delete what they can. */
const BATCH = 2000
/** Sign-ins cost a hash each and say nothing of organizations; a stop of the whole world would end the batch. */
const skipped = new Set([
  'login',
  'bootstrap',
  'register',
  'updatePassword',
  'desktopLogin',
  'logout',
  'logoutEverywhere',
])
/** After these little is left to ask for; they are only tried by chance. */
const endsTheWorld = new Set(['deleteOrganization', 'transferOrganization', 'deleteNode'])
const callable = operations.filter(
  (op) => op.auth !== 'agent' && op.auth !== 'signature' && !skipped.has(op.schema.operationId),
)

/** Ids of both sides in paths, queries and bodies; free text never, or an answer would rightly repeat it. */
function inputFor(op: Operation, random: Random, pool: Pool) {
  const { params, querystring, body } = op.schema
  const [, noun = ''] = /\/([\w-]+)\/:id\b/.exec(op.url) ?? []
  const fitting = { ...pool.fitting, id: pool.fitting?.[noun] ?? [] }
  const inText = { ...pool, hasIdsInText: true }
  return {
    params: params ? (generate(params, random, { ...pool, fitting }) as Record<string, unknown>) : {},
    ...(querystring && { query: generate(querystring, random, inText) as Record<string, unknown> }),
    ...(body && { body: generate(body, random, pool) }),
  }
}

/** Without the ids that one’s own people asked for and were refused: their audit log says so, and tells nobody anything new. */
function withoutRefused(op: Operation, text: string): string {
  if (op.schema.operationId !== 'listOrganizationAuditLogs') return text
  const { items } = JSON.parse(text) as { items?: { action: string; subject_id: string | null }[] }
  return JSON.stringify(
    items?.map((row) => (row.action === 'access.refused' ? { ...row, subject_id: null } : row)) ?? text,
  )
}

async function runBatch(calls: number, random: Random, leaks: string[], reached: Set<string>): Promise<number> {
  await using app = await testApp()
  const sides = [await buildOrganization(app, 'northwind'), await buildOrganization(app, 'southgate')] as const
  const known: [Set<string>, Set<string>] = [new Set(sides[0].ids), new Set(sides[1].ids)]
  let done = 0
  while (done < calls) {
    const mine = random.int(0, 1)
    const [own, other] = [sides[mine], sides[1 - mine]] as [BuiltOrganization, BuiltOrganization]
    const ids = [...known[0], ...known[1]]
    const emails = ['admin', 'user', 'shared'].map((name) => `${own.mark}-${name}@example.com`)
    const op = random.pick(callable)
    const texts = ['text', own.mark, ...own.texts]
    // A third as whoever may do most, with what is theirs: calls that all fail would prove nothing.
    const isHome = random.once(3)
    if (isHome && endsTheWorld.has(op.schema.operationId)) continue
    const person = isHome ? own.people.owner : random.pick(Object.values(own.people))
    const headers = !isHome && random.once(3) ? { 'x-organization-id': random.pick([own.id, other.id]) } : {}
    // Else of the other side as often as of one's own.
    const { fitting } = isHome || random.once(2) ? own : other
    const input = inputFor(op, random, { ids, emails, texts, fitting, hasIdsInText: false })
    done++
    const answer = await app.call(op, input, { token: person.token, headers, from: `127.0.${random.int(0, 255)}.9` })
    if (answer.status < 300) {
      reached.add(op.schema.operationId)
      const made =
        answer.headers['content-type']?.toString().includes('json') && answer.status !== 204 ? answer.json() : null
      if (op.method === 'POST' && typeof made?.id === 'string') known[mine]?.add(made.id)
    }
    const text = withoutRefused(op, answer.text)
    const leak =
      [...(known[1 - mine] ?? [])].find((id) => text.includes(id)) ??
      (text.includes(other.mark) ? other.mark : undefined)
    if (!leak) continue
    const asked = JSON.stringify(input).slice(0, 300)
    const at = Math.max(0, text.indexOf(leak) - 400)
    leaks.push(`${op.schema.operationId} told ${own.mark} of ${leak}: ${asked} -> ${text.slice(at, at + 700)}`)
  }
  return done
}

/** Two organizations with mirrored data call everything at random, with each other's ids anywhere: no id or name of the other is ever answered. */
export async function proveIsolation(calls: number, seed = 1, say: (line: string) => void = () => {}) {
  const random = createRandom(seed)
  const leaks: string[] = []
  const reached = new Set<string>()
  let done = 0
  while (done < calls) {
    done += await runBatch(Math.min(BATCH, calls - done), random, leaks, reached)
    say(`${done} calls, ${leaks.length} leaks`)
  }
  return { calls: done, leaks, operations: callable.length, succeeded: reached.size }
}

if (import.meta.main) {
  const [calls = 20_000, seed = 1] = process.argv.slice(2).map(Number)
  const figure = await proveIsolation(calls, seed, (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.leaks.length > 0) process.exitCode = 1
}
