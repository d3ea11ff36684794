import http from 'node:http'
import { WebSocket } from 'ws'
import { removeInstanceAccess, shareInstance } from '#contract/access'
import { createApiToken, deleteApiToken } from '#contract/api-tokens'
import { login, logoutEverywhere, register, resetPassword, type Tokens } from '#contract/auth'
import { downloadLogs, openConsole, openLogs } from '#contract/console'
import { openEvents } from '#contract/events'
import { type Operation, urlFor } from '#contract/operation'
import { inviteMember } from '#contract/invites'
import { removeMember, setMemberPermission } from '#contract/members'
import { createResetLink, deleteUser, listSessions, revokeSession, suspendUser, updatePassword } from '#contract/users'
import { createWorkload, updateWorkload } from '#contract/workloads'
import type { CallInput } from '#server/testing/app'
import { listening } from '#server/testing/fake-agent'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

const LIMIT_MS = 2000
const password = 'opened before it ended'

type Person = { id: string; token: string; email: string; bearer: string; second: string }
type Open = {
  name: string
  closedAt: () => number | undefined
  /** Reads what is still to come: a reader that stands still does not notice an end. */
  goOn?: () => void
  end: () => void
}
type It = Awaited<ReturnType<typeof setting>>

/** A control plane with a running server, its organization, and a log large enough that a slow reader does not reach its end. */
async function setting() {
  const it = await stage()
  const instanceId = await it.running()
  for (let n = 0; n < 24; n++) it.agent.server(instanceId).log.print(`${'x'.repeat(1024 * 1024)}\r\n`)
  const call = async (op: Operation, input: CallInput, token?: string) => {
    const answer = await it.app.call(op, input, { token: token ?? (await it.app.adminToken()), from: address() })
    if (answer.status >= 300) throw new Error(`${op.schema.operationId}: ${answer.status} ${answer.text}`)
    return answer.status === 204 ? {} : answer.json()
  }
  const organization = (await it.app.control.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()).id
  return { ...it, instanceId, call, organization, port: await listening(it.app) }
}

let calls = 0
/** Sign-ins are limited by address, and this makes many. */
const address = () => `127.1.${Math.floor(++calls / 250)}.${calls % 250}`

/** Somebody who joined by a link, with whom the server is shared, signed in twice. */
async function join(it: It, email: string): Promise<Person> {
  const { link } = await it.call(inviteMember, { params: { orgId: it.organization }, body: { role: 'user' } })
  const invite_token = new URL(link).hash.replace('#token=', '')
  const first: Tokens = await it.call(register, { body: { email, password, invite_token } })
  const second: Tokens = await it.call(login, { body: { email, password } })
  const shared = await it.call(shareInstance, {
    params: { id: it.instanceId },
    body: { email, permissions: ['instances.view', 'instances.console', 'instances.command'] },
  })
  const token = first.access_token
  return { id: shared.user_id, token, email, bearer: token, second: second.access_token }
}

/** Each way in which somebody's rights end, and what may stay because it needs none of those. */
const ways: Record<
  string,
  { end: (it: It, person: Person) => Promise<unknown>; keeps?: readonly string[]; withApiToken?: true }
> = {
  suspension: { end: (it, { id }) => it.call(suspendUser, { params: { id } }) },
  'a new password': {
    end: (it, { second }) =>
      it.call(
        updatePassword,
        { body: { current_password: password, new_password: `${password}, and begins` } },
        second,
      ),
  },
  'a reset password': {
    end: async (it, { id }) => {
      const { link } = await it.call(createResetLink, { params: { id } })
      const token = new URL(link).hash.replace('#token=', '')
      return it.call(resetPassword, { body: { token, new_password: `${password}, and begins` } })
    },
  },
  'a revoked session': {
    end: async (it, { second }) => {
      const { items } = await it.call(listSessions, {}, second)
      const other = (items as { id: string; is_current: boolean }[]).find(({ is_current }) => !is_current)
      return it.call(revokeSession, { params: { id: other?.id } }, second)
    },
  },
  'signing out everywhere': { end: (it, { second }) => it.call(logoutEverywhere, {}, second) },
  'removal from the organization': {
    end: (it, { id }) => it.call(removeMember, { params: { orgId: it.organization, userId: id } }),
  },
  'deletion of the account': { end: (it, { id }) => it.call(deleteUser, { params: { id } }) },
  'a share taken back': {
    keeps: ['openEvents', 'updateWorkload'],
    end: (it, { id }) => it.call(removeInstanceAccess, { params: { id: it.instanceId, userId: id } }),
  },
  'a denied right to a workload': {
    keeps: ['openEvents'],
    end: async (it, { id }) => {
      await it.call(removeInstanceAccess, { params: { id: it.instanceId, userId: id } })
      const params = { orgId: it.organization, userId: id }
      return it.call(setMemberPermission, { params, body: { key: 'workloads.update', effect: 'deny' } })
    },
  },
  'a deleted API token': {
    withApiToken: true,
    end: async (it, person) => it.call(deleteApiToken, { params: { id: person.token } }, person.second),
  },
}

function openSocket(it: It, op: Operation, bearer: string): Open & { opened: () => boolean } {
  const path = urlFor(op, { params: { id: it.instanceId } })
  const socket = new WebSocket(`ws://127.0.0.1:${it.port}${path}`, {
    headers: { host: 'localhost', authorization: `Bearer ${bearer}` },
    perMessageDeflate: false,
  })
  let closedAt: number | undefined
  socket.on('error', () => {})
  socket.on('close', () => (closedAt = performance.now()))
  return {
    name: op.schema.operationId,
    opened: () => socket.readyState === WebSocket.OPEN,
    closedAt: () => closedAt,
    end: () => socket.terminate(),
  }
}

/** A request whose body never comes to its end, or whose answer is never read to its end. */
function openTransfer(it: It, op: Operation, id: string, bearer: string): Open & { opened: () => boolean } {
  const isUpload = op.method !== 'GET'
  let closedAt: number | undefined
  let isOpen = false
  const request = http.request({
    host: '127.0.0.1',
    port: it.port,
    method: op.method,
    path: urlFor(op, { params: { id } }),
    headers: {
      host: 'localhost',
      authorization: `Bearer ${bearer}`,
      ...(isUpload && { 'content-type': 'application/json', 'content-length': '100000' }),
    },
  })
  const closed = () => (closedAt ??= performance.now())
  request.on('error', closed)
  let goOn = () => {}
  request.on('response', (response) => {
    response.on('error', () => {})
    // What came whole was not cut.
    response.on('close', () => !response.complete && closed())
    response.once('readable', () => (isOpen = !isUpload))
    goOn = () => response.resume()
    if (isUpload) closed()
  })
  if (isUpload) request.write('{"document": {', () => (isOpen = true))
  else request.end()
  return {
    name: op.schema.operationId,
    opened: () => isOpen,
    closedAt: () => closedAt,
    goOn: () => goOn(),
    end: () => request.destroy(),
  }
}

async function runRound(it: It, way: string, n: number) {
  const { end, keeps = [], withApiToken } = ways[way] ?? { end: async () => {} }
  const person = await join(it, `person-${n}@example.com`)
  if (withApiToken) {
    const made = await it.call(createApiToken, { body: { name: 'program' } }, person.second)
    Object.assign(person, { bearer: made.token, token: made.id })
  }
  const document = {
    apiVersion: 'shardlyn/v1',
    kind: 'Workload',
    metadata: { name: `own-${n}` },
    spec: { command: ['x'], runtime: 'process' },
  }
  const workload = await it.call(createWorkload, { body: { document } }, person.second)
  const things = [
    openSocket(it, openConsole, person.bearer),
    openSocket(it, openLogs, person.bearer),
    openSocket(it, openEvents, person.bearer),
    openTransfer(it, updateWorkload, workload.id, person.bearer),
    openTransfer(it, downloadLogs, it.instanceId, person.bearer),
  ]
  await until(() => things.every((thing) => thing.opened()))
  // The upload's head must have passed the door, which asks the database.
  await new Promise((resolve) => setTimeout(resolve, 30))
  const begun = performance.now()
  await end(it, person)
  for (const thing of things) thing.goOn?.()
  const ending = things.filter(({ name }) => !keeps.includes(name))
  await until(() => ending.every((thing) => thing.closedAt() !== undefined), LIMIT_MS * 2).catch(() => {})
  const late = ending
    .filter((thing) => (thing.closedAt() ?? Infinity) - begun > LIMIT_MS)
    .map(({ name }) => `${way}: ${name}`)
  const slowest = Math.max(...ending.map((thing) => (thing.closedAt() ?? Infinity) - begun))
  const lost = things
    .filter((thing) => !ending.includes(thing) && thing.closedAt() !== undefined)
    .map(({ name }) => `${way}: ${name} was lost`)
  for (const thing of things) thing.end()
  return { late: [...late, ...lost], slowest }
}

/** Console, logs, events, an upload and a download are open when somebody's rights end in ten ways: all are closed within two seconds. */
export async function proveRevocation(rounds: number, say: (line: string) => void = () => {}) {
  const it = await setting()
  try {
    const late: string[] = []
    let slowestMs = 0
    const names = Object.keys(ways)
    for (let n = 0; n < rounds; n++) {
      const way = names[n % names.length] ?? ''
      const round = await runRound(it, way, n)
      late.push(...round.late)
      slowestMs = Math.max(slowestMs, round.slowest)
      say(
        `${way}: ${round.late.length === 0 ? 'all closed' : round.late.join(', ')}, the last after ${Math.round(round.slowest)} ms`,
      )
    }
    return { rounds, ways: names.length, late, slowestMs: Math.round(slowestMs) }
  } finally {
    await it[Symbol.asyncDispose]()
  }
}

if (import.meta.main) {
  const figure = await proveRevocation(Number(process.argv[2] ?? 50), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.late.length > 0) process.exitCode = 1
  process.exit()
}
