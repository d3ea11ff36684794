import { connect } from 'node:net'
import type { Client } from 'ssh2'
import { expect, test } from 'vitest'
import { setMemberPermission } from '#contract/members'
import {
  createCaKey,
  createCertificate,
  listCaKeys,
  revokeCertificate,
  rotateCaKey,
  type SshCaKey,
} from '#contract/ssh'
import { getMe } from '#contract/auth'
import { type ListeningApp, listeningApp, startAgent } from '#server/testing/agent'
import { ed25519Key } from '#server/testing/ssh-keys'
import { logIn, output } from '#server/testing/ssh-login'
import { sshdMissing, trustingSshd } from '#server/testing/trusting-sshd'
import { until } from '#server/testing/until'

type Made = { id: string; certificate: string }

/** A control plane, a machine whose agent keeps a real sshd, and people who log in there. */
async function stage() {
  const app = await listeningApp()
  const sshd = await trustingSshd({ lookMs: 500 })
  const agent = await startAgent({ ...app.forAgent, routes: sshd.ssh.routes })
  agent.state.features = {
    terminal: false,
    host_files: null,
    service: 'none',
    is_updatable: false,
    get ssh() {
      return sshd.ssh.state()
    },
  }
  const key = ed25519Key()
  const get = async (change: object = {}, token?: string): Promise<Made> => {
    const body = { public_key: key.key.public_key, principals: ['root'], ...change }
    const answer = await app.call(createCertificate, { body }, { token: token ?? (await app.adminToken()) })
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.json() as Made
  }
  const enter = (made: Made) =>
    logIn({
      port: sshd.port,
      user: 'root',
      key,
      blob: Buffer.from(made.certificate.split(' ')[1] ?? '', 'base64'),
    })
  const lets = async (made: Made) => {
    const client = await enter(made)
    client?.end()
    return client !== undefined
  }
  const keys = async () => (await app.signedIn(listCaKeys)).json()
  await until(() => sshd.ssh.state()?.trusts_ca === true)
  // A reload is on its way: it listens anew a moment later.
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(sshd.port, '127.0.0.1')
      socket.on('connect', () => (socket.destroy(), resolve(true)))
      socket.on('error', () => resolve(false))
    })
  await until(answers)
  return {
    app,
    sshd,
    agent,
    get,
    enter,
    lets,
    keys,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      await sshd[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}
const orgOf = async (app: ListeningApp) => (await app.signedIn(getMe)).json().organization.id as string

test.skipIf(sshdMissing !== '')(
  `a machine trusts the CA by itself, and lets in whoever has a certificate for it${sshdMissing}`,
  async () => {
    await using it = await stage()
    expect([await it.lets(await it.get()), await it.lets(await it.get({ node_id: it.agent.nodeId() }))]).toEqual([
      true,
      true,
    ])
    const { owner } = await it.app.addOrganization('elsewhere')
    expect(await it.lets(await it.get({}, owner.token))).toBe(false)
    expect((await it.keys()).nodes).toEqual([
      {
        node_id: it.agent.nodeId(),
        node_name: expect.any(String),
        is_managed: true,
        is_current: true,
        krl_version: 1,
        problem: null,
      },
    ])
  },
)

test.skipIf(sshdMissing !== '')(
  `a revoked certificate is refused within five seconds, however it came to be revoked${sshdMissing}`,
  async () => {
    await using it = await stage()
    const operator = await it.app.addPerson({ email: 'o@example.com', role: 'admin' })
    const [revoked, lost, kept] = [await it.get(), await it.get({}, operator.token), await it.get()]
    expect([await it.lets(revoked), await it.lets(lost), await it.lets(kept)]).toEqual([true, true, true])
    await it.app.signedIn(revokeCertificate, { params: { id: revoked.id } })
    await until(async () => !(await it.lets(revoked)), 6000)
    await it.app.signedIn(setMemberPermission, {
      params: { orgId: await orgOf(it.app), userId: operator.id },
      body: { key: 'nodes.ssh.login', effect: 'deny' },
    })
    await until(async () => !(await it.lets(lost)), 6000)
    expect(await it.lets(kept)).toBe(true)
  },
)

test.skipIf(sshdMissing !== '')(
  `what was revoked while a machine was away is refused there once it is back${sshdMissing}`,
  async () => {
    await using it = await stage()
    const made = await it.get()
    it.app.proxy.refuse()
    it.app.proxy.reset()
    await until(() => !it.app.agents.isConnected(it.agent.nodeId()))
    await it.app.signedIn(revokeCertificate, { params: { id: made.id } })
    expect(await it.lets(made)).toBe(true)
    it.app.proxy.restore()
    await until(async () => !(await it.lets(made)))
  },
)

test.skipIf(sshdMissing !== '')(
  `rotating the CA key while twenty sessions are open drops none, and both keys let people in${sshdMissing}`,
  async () => {
    await using it = await stage()
    const before = await it.get()
    const sessions = await Promise.all(Array.from({ length: 20 }, () => it.enter(before)))
    const says = async (client: Client | undefined) => client && output(client, 'echo here')
    await it.app.signedIn(createCaKey)
    await until(async () => {
      const [next] = (await it.keys()).items as SshCaKey[]
      return next?.state === 'next' && next.nodes_trusting === 1
    })
    const rotated = await it.app.signedIn(rotateCaKey)
    expect(rotated.status).toBe(200)
    const after = await it.get()
    expect([await it.lets(before), await it.lets(after)]).toEqual([true, true])
    expect(await Promise.all(sessions.map(says))).toEqual(Array.from({ length: 20 }, () => 'here\n'))
    await it.app.signedIn(revokeCertificate, { params: { id: before.id } })
    await it.app.jobs.find(({ name }) => name === 'ssh.tidy')?.run()
    await until(() => sshdKeys(it) === 1)
    expect([await it.lets(before), await it.lets(after)]).toEqual([false, true])
    for (const client of sessions) client?.end()
  },
)
const sshdKeys = (it: { sshd: { ssh: { state: () => { ca_fingerprints?: string[] } | null } } }) =>
  it.sshd.ssh.state()?.ca_fingerprints?.length

test.skipIf(sshdMissing !== '')(
  `rotation waits for machines that do not trust the next key, unless it is forced${sshdMissing}`,
  async () => {
    await using it = await stage()
    await it.get()
    const route = it.sshd.ssh.routes[0]
    const handle = route?.handle
    if (route) route.handle = () => Promise.reject(new Error('the disk is full'))
    await it.app.signedIn(createCaKey)
    expect((await it.app.signedIn(rotateCaKey)).json().code).toBe('nodes_do_not_trust_yet')
    expect((await it.app.signedIn(rotateCaKey, { body: { force: true } })).status).toBe(200)
    if (route && handle) route.handle = handle
  },
)
