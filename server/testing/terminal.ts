import { WebSocket } from 'ws'
import { ACK_EVERY } from '#contract/console'
import { type Operation, urlFor } from '#contract/operation'
import { SOCKET_PROTOCOL } from '#contract/sockets'
import { openTerminal, type TerminalServerMessage } from '#contract/terminal'
import { loginShell } from '#agent/features/terminal/shell'
import { terminalRoutes } from '#agent/features/terminal/routes'
import { createTerminals } from '#agent/features/terminal/terminals'
import type { TerminalClock } from '#agent/features/terminal/terminal'
import { getNode } from '#contract/nodes'
import { listeningApp, type ListeningApp, quiet, startAgent } from './agent.ts'
import { until } from './until.ts'

/** A shell without a person's profile, so that its prompt is known. */
const plainShell = () => {
  const { env, ...shell } = loginShell()
  return { ...shell, file: '/bin/sh', args: [], env: { ...env, PS1: '$ ', ENV: '' } }
}

/** A machine that allows terminals, connected through a proxy that breaks things, and its control plane. */
export async function terminalStage(
  options: { isAllowed?: boolean; app?: Parameters<typeof listeningApp>[0]; agentClock?: TerminalClock } = {},
) {
  const app = await listeningApp(options.app)
  const terminals = createTerminals({
    isAllowed: options.isAllowed ?? true,
    log: quiet,
    shell: plainShell,
    ...(options.agentClock && { clock: options.agentClock }),
  })
  const agent = await startAgent({ ...app.forAgent, routes: terminalRoutes(terminals) })
  agent.state.features.terminal = true
  const nodeId = await new Promise<string>((resolve, reject) => {
    until(() => app.agents.isConnected(agent.nodeId())).then(() => resolve(agent.nodeId()), reject)
  })
  await until(async () => (await app.signedIn(getNode, { params: { id: nodeId } })).json().features.terminal === true)
  return {
    app,
    agent,
    terminals,
    nodeId,
    async [Symbol.asyncDispose]() {
      await terminals.closeAll()
      await agent[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}

type Options = {
  query?: { session?: string; from?: number; cols?: number; rows?: number }
  op?: Operation
  token?: string
  /** As a browser says it. */
  isBrowser?: boolean
}

/** Somebody at a terminal, on one socket, who acknowledges as a page does until told not to. */
export async function terminalViewer(
  app: Pick<ListeningApp, 'port' | 'adminToken'>,
  nodeId: string,
  { query = {}, op = openTerminal, token, isBrowser = false }: Options = {},
) {
  const socket = new WebSocket(
    `ws://127.0.0.1:${app.port}${urlFor(op, { params: { id: nodeId }, query })}`,
    isBrowser ? [SOCKET_PROTOCOL] : [],
    {
      headers: { host: 'localhost', authorization: `Bearer ${token ?? (await app.adminToken())}` },
      perMessageDeflate: false,
    },
  )
  const messages: TerminalServerMessage[] = []
  const frames: Buffer[] = []
  let next = 0
  let acked = 0
  let size = 0
  let closed: { code: number } | undefined
  let refusedWith: number | undefined
  const viewer = {
    socket,
    messages,
    bytes: () => Buffer.concat(frames),
    text: () => Buffer.concat(frames).toString(),
    size: () => size,
    /** The end of it. */
    tail: () => Buffer.concat(frames.slice(-8)).subarray(-400).toString(),
    /** Of the next byte. */
    offset: () => next,
    closed: () => closed,
    refusedWith: () => refusedWith,
    acknowledges: true,
    onData: undefined as ((bytes: Buffer) => void) | undefined,
    say: (message: object) => socket.send(JSON.stringify(message)),
    type: (data: string) => viewer.say({ type: 'input', data }),
    ack() {
      acked = next
      viewer.say({ type: 'ack', offset: next })
    },
    types: () => messages.map(({ type }) => type),
    session: () => (messages.find(({ type }) => type === 'start') as { session: string } | undefined)?.session ?? '',
    ended: () => messages.find((message) => message.type === 'ended'),
    shows: (text: string) => until(() => viewer.text().includes(text), 20_000),
    [Symbol.dispose]: () => socket.terminate(),
  }
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      frames.push(data)
      next += data.length
      size += data.length
      viewer.onData?.(data)
      if (viewer.acknowledges && next - acked >= ACK_EVERY) viewer.ack()
      return
    }
    const message = JSON.parse(data.toString()) as TerminalServerMessage
    messages.push(message)
    if (message.type === 'start') next = acked = message.offset
    if (message.type === 'gap') next = message.to
  })
  socket.on('close', (code) => (closed = { code }))
  socket.on('unexpected-response', (_, response) => (refusedWith = response.statusCode))
  socket.on('error', () => {})
  await until(() => messages.length > 0 || closed !== undefined || refusedWith !== undefined)
  return viewer
}
export type TerminalViewer = Awaited<ReturnType<typeof terminalViewer>>
