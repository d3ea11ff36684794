import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { PROTOCOL_VERSION, type AgentHello } from '#contract/agent'
import type { TunnelAgent, TunnelStats } from '#contract/tunnel'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import { AppError, unavailable } from '#server/errors'
import type { AgentCaller } from '#server/http/caller'
import type { Log } from '#server/log'
import type { Agents } from './agents.ts'
import { answerInTime, ask, connectionLost, refusalOf, toAnswer } from './ask.ts'
import { bodyOf } from './body.ts'
import { follow, greet, MIN_PROTOCOL, SessionEnd } from './conversation.ts'
import type { AgentListener } from './listener.ts'
import { defaultTimes, openSession, type Session, type TunnelTimes } from './session.ts'
import * as store from './store.ts'

type Live = {
  agent: AgentCaller
  session: Session
  epoch: number
  transport: TunnelAgent['transport']
  remoteAddress: string
  hello: AgentHello | undefined
  /** After the sync: features may ask it. */
  ready: boolean
}
export type Arrival = {
  agent: AgentCaller
  duplex: Duplex
  wire: Socket
  transport: TunnelAgent['transport']
  remoteAddress: string
}
type Deps = { db: Db; clock: Clock; log: Log; times?: Partial<TunnelTimes> | undefined }

/** The sessions of connected agents: at most one a machine, the newest. */
export function createTunnel({ db, clock, log, times: given }: Deps) {
  const times = { ...defaultTimes, ...given }
  const listeners = new Set<Partial<AgentListener>>()
  const live = new Map<string, Live>()
  const seen = new Set<string>()
  const lost = new Map<string, () => void>()
  const past = { bytes_in: 0, bytes_out: 0, requests: 0 }
  let reconnects = 0
  let closing = false

  async function tell(nodeId: string, state: 'connected' | 'lost') {
    for (const listener of listeners) await listener.onState?.(nodeId, state)
  }

  /** A machine that is back within the grace was never away, as far as people are concerned. */
  function expectBack(nodeId: string, grace = times.grace) {
    if (lost.has(nodeId)) return
    const cancel = clock.after(grace, () => {
      lost.delete(nodeId)
      if (!live.get(nodeId)?.ready) {
        tell(nodeId, 'lost').catch((error: unknown) =>
          log.error({ err: error, node_id: nodeId }, 'a lost machine could not be noted'),
        )
      }
    })
    lost.set(nodeId, cancel)
  }

  function forget(entry: Live) {
    const { bytes_in, bytes_out, requests } = entry.session.stats()
    past.bytes_in += bytes_in
    past.bytes_out += bytes_out
    past.requests += requests
    if (live.get(entry.agent.node_id) !== entry) return
    live.delete(entry.agent.node_id)
    if (entry.hello && !closing) expectBack(entry.agent.node_id)
  }

  async function run(entry: Live, eventSeq: number): Promise<void> {
    const { agent, session, epoch, remoteAddress } = entry
    const deps = { db, clock, log, times, listeners }
    const peer = { nodeId: agent.node_id, epoch, eventSeq, remoteAddress, session }
    entry.hello = await greet(deps, peer)
    if (entry.hello.protocol < MIN_PROTOCOL) return
    if (!(await store.findNode(db, agent.node_id))) throw new SessionEnd('the machine was deleted')
    if (live.get(agent.node_id) !== entry) throw new SessionEnd('a newer session took over')
    entry.ready = true
    lost.get(agent.node_id)?.()
    lost.delete(agent.node_id)
    await Promise.all([tell(agent.node_id, 'connected'), follow(deps, peer)])
  }

  /** Never rejects: whatever goes wrong ends this session, and the agent comes back. */
  async function accept({ agent, duplex, wire, transport, remoteAddress }: Arrival): Promise<void> {
    const about = { node_id: agent.node_id, transport, remote: remoteAddress }
    duplex.on('error', () => wire.destroy())
    try {
      const begun = closing ? undefined : await store.beginEpoch(db, agent.node_id)
      if (!begun) return void wire.destroy()
      const older = live.get(agent.node_id)
      if (older && older.epoch < begun.epoch) older.session.close('a newer session took over')
      const session = await openSession({ duplex, wire, clock, times })
      const entry: Live = {
        agent: { ...agent, node_name: begun.name },
        session,
        epoch: begun.epoch,
        transport,
        remoteAddress,
        hello: undefined,
        ready: false,
      }
      const present = live.get(agent.node_id)
      if (closing || (present && present.epoch > begun.epoch)) return session.close('a newer session took over')
      present?.session.close('a newer session took over')
      live.set(agent.node_id, entry)
      if (seen.has(agent.node_id)) reconnects++
      seen.add(agent.node_id)
      void session.closed.then((reason) => {
        forget(entry)
        log.info({ ...about, epoch: entry.epoch, reason }, 'agent disconnected')
      })
      log.info({ ...about, epoch: entry.epoch }, 'agent connected')
      await run(entry, begun.event_seq).catch((error: unknown) => {
        if (session.isOpen()) log.warn({ ...about, err: error }, 'a session of an agent ended early')
        session.close(error instanceof Error ? error.message : String(error))
      })
    } catch (error) {
      log.warn({ ...about, err: error }, 'an agent could not connect')
      wire.destroy()
    }
  }

  async function sessionOf(nodeId: string): Promise<Session> {
    const entry = live.get(nodeId)
    if (entry?.ready && entry.session.isOpen()) return entry.session
    const node = await store.findNode(db, nodeId)
    const name = node?.name ?? 'This machine'
    if (entry?.hello && entry.hello.protocol < MIN_PROTOCOL) {
      throw unavailable(
        'agent_too_old',
        `The agent on ${name} speaks protocol ${entry.hello.protocol}, but ${PROTOCOL_VERSION} is needed. Update the agent.`,
      )
    }
    const since = node?.last_seen_at ? ` since ${node.last_seen_at.slice(0, 16).replace('T', ' ')} UTC` : ''
    throw unavailable('node_offline', `${name} is away${since}. Check that it is switched on and its agent runs.`)
  }

  const agents: Agents = {
    request: async (nodeId, call) => ask(await sessionOf(nodeId), clock, call),
    async stream(nodeId, { method, path, signal, timeoutMs }) {
      const session = await sessionOf(nodeId)
      const answer = await answerInTime(clock, { timeoutMs, signal }, (signal) =>
        session.open({ method, path }, undefined, signal),
      )
      if (answer.status >= 400) throw await refusalOf(answer.status, answer.stream, clock, times.handshake)
      return answer
    },
    async upload(nodeId, { body, signal, ...head }) {
      const session = await sessionOf(nodeId)
      try {
        const answer = await session.open({ ...head, type: 'application/octet-stream' }, body, signal)
        if (answer.status >= 400) throw await refusalOf(answer.status, answer.stream, clock, times.handshake)
        return await toAnswer(answer)
      } catch (error) {
        body.destroy()
        throw error instanceof AppError ? error : connectionLost(error)
      }
    },
    async connect(nodeId, authority, signal) {
      const session = await sessionOf(nodeId)
      const { status, stream } = await session.connect(authority, signal).catch((error: unknown) => {
        throw connectionLost(error)
      })
      if (status < 400) return stream
      const refusal = await refusalOf(status, bodyOf(stream), clock, times.handshake)
      // Our side of it stands open until told otherwise.
      stream.close()
      throw refusal
    },
    isConnected: (nodeId) => live.get(nodeId)?.ready === true,
    listen: (listener) => void listeners.add(listener),
  }

  return {
    agents,
    accept,
    /** After our own start. Agents may be in the longest wait of their back-off. */
    async expectAll() {
      for (const nodeId of await store.listNodeIds(db)) if (!live.get(nodeId)?.ready) expectBack(nodeId, times.dead)
    },
    /** For a machine that was deleted. */
    end(nodeId: string, reason: string) {
      live.get(nodeId)?.session.close(reason)
      lost.get(nodeId)?.()
      lost.delete(nodeId)
      seen.delete(nodeId)
    },
    list: () =>
      [...live.values()].map((entry): TunnelAgent & { organization_id: string } => {
        const { requests: _, ...stats } = entry.session.stats()
        return {
          node_id: entry.agent.node_id,
          organization_id: entry.agent.organization_id,
          node_name: entry.agent.node_name,
          transport: entry.transport,
          remote_address: entry.remoteAddress,
          epoch: entry.epoch,
          connected_at: new Date(entry.session.openedAt).toISOString(),
          ...stats,
          agent_version: entry.hello?.agent_version.slice(0, 64) ?? '',
          protocol: entry.hello?.protocol ?? 0,
        }
      }),
    stats(): Omit<TunnelStats, 'nodes'> {
      const open = [...live.values()].map(({ session }) => session.stats())
      const sum = (of: (stats: ReturnType<Session['stats']>) => number) =>
        open.reduce((total, stats) => total + of(stats), 0)
      return {
        connected: [...live.values()].filter(({ ready }) => ready).length,
        reconnects,
        bytes_in: past.bytes_in + sum((stats) => stats.bytes_in),
        bytes_out: past.bytes_out + sum((stats) => stats.bytes_out),
        streams_open: sum((stats) => stats.streams_open),
        requests: past.requests + sum((stats) => stats.requests),
      }
    },
    /** Agents go on by themselves and come back when we do. */
    close() {
      closing = true
      for (const cancel of lost.values()) cancel()
      for (const { session } of live.values()) session.close('the server is stopping')
    },
  }
}
export type Tunnel = ReturnType<typeof createTunnel>
