import { WebSocket } from 'ws'
import type { AgentTarget } from '#agent/http'
import { sshdTarget } from '#agent/features/ssh-login/target'
import type { NodeSsh } from '#contract/nodes'
import { type Operation, urlFor } from '#contract/operation'
import { listeningApp, quick, startAgent } from './agent.ts'
import { type Sshd, startSshd } from './sshd.ts'
import { until } from './until.ts'

type Options = { target?: (sshd: Sshd) => AgentTarget; principals?: Record<string, string[]> }

/** A control plane, a machine with the agent's own way to a real sshd, and that sshd. */
export async function sshMachine({ target, principals }: Options = {}) {
  const sshd = await startSshd(principals && { principals })
  // Nothing here is about silence, which a busy machine keeps now and then.
  const times = { ...quick, ping: 500, dead: 5000 }
  const app = await listeningApp({ tunnelTimes: times })
  const agent = await startAgent({
    ...app.forAgent,
    times,
    targets: [target?.(sshd) ?? sshdTarget({ ssh: { manage: false, port: sshd.port } })],
  })
  const tellSsh = (change: Partial<NodeSsh> | null = {}) => {
    agent.state.features = {
      ...agent.state.features,
      ssh: change && {
        port: sshd.port,
        host_keys: [sshd.hostKey()],
        is_managed: false,
        trusts_ca: true,
        krl_version: null,
        problem: null,
        ...change,
      },
    }
  }
  tellSsh()
  await until(() => app.agents.isConnected(agent.nodeId()))
  const pinned = () =>
    app.control.database.prepare('select pinned_host_keys from nodes where id = ?').pluck().get(agent.nodeId())
  await until(() => pinned() !== null)
  return {
    app,
    agent,
    sshd,
    nodeId: agent.nodeId(),
    tellSsh,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
      await sshd[Symbol.asyncDispose]()
    },
  }
}
export type SshMachine = Awaited<ReturnType<typeof sshMachine>>

/** A socket of an operation about a machine, with what came over it. */
export async function rawSocket(
  { app, nodeId }: Pick<SshMachine, 'app' | 'nodeId'>,
  op: Operation,
  { token, query = {}, id = nodeId }: { token?: string; query?: Record<string, unknown>; id?: string } = {},
) {
  const socket = new WebSocket(`ws://127.0.0.1:${app.port}${urlFor(op, { params: { id }, query })}`, {
    headers: { host: new URL(app.url).host, authorization: `Bearer ${token ?? (await app.adminToken())}` },
    perMessageDeflate: false,
  })
  const chunks: Buffer[] = []
  const texts: string[] = []
  let closed: number | undefined
  let refused: { status: number; code: string } | undefined
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) chunks.push(data)
    else texts.push(data.toString())
  })
  socket.on('close', (code) => (closed = code))
  socket.on('error', () => {})
  socket.on('unexpected-response', (_, response) => {
    let body = ''
    response.on('data', (chunk: Buffer) => (body += chunk.toString()))
    response.on('end', () => (refused = { status: response.statusCode ?? 0, code: JSON.parse(body).code as string }))
  })
  await until(() => socket.readyState === WebSocket.OPEN || closed !== undefined || refused !== undefined)
  return {
    socket,
    bytes: () => Buffer.concat(chunks),
    texts: () => texts,
    closed: () => closed,
    refused: () => refused,
    [Symbol.dispose]: () => socket.terminate(),
  }
}
