import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getMe, login, type Me } from '#contract/auth'
import { createInstance, getInstance } from '#contract/instances'
import type { Operation } from '#contract/operation'
import { createUser, listSessions } from '#contract/users'
import { type CallInput, testApp } from '#server/testing/app'
import { newId } from '#server/ids'
import { fakeAgent } from '#server/testing/fake-agent'
import { addWorkload } from '#server/testing/stage'
import { until } from '#server/testing/until'

/** What makes an operation succeed. Without a token `it.caller` calls. */
export type Prepared = CallInput & { token?: string }
export type Recipe = (it: Setting) => Promise<Prepared>
export type Recipes = Record<string, Recipe>

const password = 'a long enough one'
export type Person = { id: string; email: string; token: string }

/** An app, and the things that operations are about, each made when a recipe asks for it. */
export async function setting() {
  const releases = mkdtempSync(join(tmpdir(), 'shardlyn-releases-'))
  const app = await testApp({
    tunnelTimes: { grace: 20 },
    config: { host: 'localhost', agentReleases: { folder: releases } },
  })
  const admin = await app.adminToken()
  const me = (await app.signedIn(getMe)).json() as Me
  let agent: ReturnType<typeof fakeAgent> | undefined
  let made = 0
  /** Whose own things an operation is about: who calls it. The administrator, who owns the first organization, unless a test says else. */
  const caller: Person = { id: me.id, email: me.email, token: admin }

  const machine = () => (agent ??= fakeAgent(app))
  const workload = () => addWorkload(app, undefined, `game ${++made}`)
  const stateOf = async (id: string) => (await app.signedIn(getInstance, { params: { id } })).json().state as string
  /** A new server that runs. */
  async function server(): Promise<string> {
    const { nodeId: node_id } = await machine()
    const workload_id = await workload()
    const answer = await app.signedIn(createInstance, { body: { workload_id, node_id } })
    const { id } = answer.json() as { id: string }
    await until(async () => (await stateOf(id)) === 'running')
    return id
  }
  /** Somebody with an organization of their own, and a password. */
  async function account(email = `p${++made}@example.com`) {
    const answer = await app.signedIn(createUser, { body: { email, password } })
    if (answer.status !== 201) throw new Error(answer.text)
    const tokens = (await app.call(login, { body: { email, password } })).json()
    return {
      id: answer.json().id as string,
      organization_id: answer.json().organizations[0].id as string,
      email,
      password,
      token: tokens.access_token as string,
      refresh_token: tokens.refresh_token as string,
    }
  }
  async function member(role: 'admin' | 'user' = 'user'): Promise<Person> {
    const email = `m${++made}@example.com`
    return { email, ...(await app.addPerson({ email, role })) }
  }
  /** Another session of the caller. */
  async function otherSession(): Promise<string> {
    await app.auth.openSessionFor(caller.id)
    const { items } = (await app.call(listSessions, {}, { token: caller.token })).json() as {
      items?: { id: string; is_current: boolean }[]
    }
    return items?.find(({ is_current }) => !is_current)?.id ?? newId()
  }

  return {
    app,
    admin,
    caller,
    /** As the caller. */
    own: (op: Operation, input: CallInput = {}) => app.call(op, input, { token: caller.token }),
    organization_id: me.organization?.id ?? '',
    organization_name: me.organization?.name ?? '',
    machine,
    workload,
    stateOf,
    server,
    account,
    member,
    otherSession,
    releases,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      rmSync(releases, { recursive: true, force: true })
    },
  }
}
export type Setting = Awaited<ReturnType<typeof setting>>

export const nothing: Recipe = async () => ({})

/** Of what was just made; of nothing where the caller may not make it. */
export const madeId = ({ json }: { json: () => { id?: string } }): string => json().id ?? newId()
