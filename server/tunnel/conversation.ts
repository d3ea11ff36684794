import { AgentHello, agentPaths, Heartbeat, ObservedInstance, OutboxEvent } from '#contract/agent'
import { Type as T } from 'typebox'
import type { Clock } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Log } from '#server/log'
import { ask } from './ask.ts'
import { withinBounds } from './bounds.ts'
import { fits } from './checks.ts'
import { BadLine, jsonLines } from './lines.ts'
import type { AgentListener } from './listener.ts'
import { bytesPace, createPace, eventsPace, paced } from './pace.ts'
import type { Session, TunnelTimes } from './session.ts'
import * as store from './store.ts'

/** Agents that speak an older protocol are told apart, not served. */
export const MIN_PROTOCOL = 1
const MAX_HELLO = 1024 * 1024
const SyncAnswer = T.Object({ instances: T.Array(ObservedInstance) })

type Deps = { db: Db; clock: Clock; log: Log; times: TunnelTimes; listeners: ReadonlySet<Partial<AgentListener>> }
type Peer = { nodeId: string; epoch: number; eventSeq: number; remoteAddress: string; session: Session }

/** Ends a session for a reason that is told in the log. */
export class SessionEnd extends Error {}

/** Greets an agent and brings it up to date. Answers its hello. */
export async function greet(
  { clock, times, listeners }: Deps,
  { nodeId, epoch, remoteAddress, session }: Peer,
): Promise<AgentHello> {
  const timeoutMs = times.handshake
  const greeting = { node_id: nodeId, epoch, server_time: new Date(clock.now()).toISOString() }
  const said = (
    await ask(session, clock, { method: 'POST', path: agentPaths.hello, json: greeting, timeoutMs }, MAX_HELLO)
  ).json(AgentHello)
  const hello = withinBounds(said)
  for (const listener of listeners) await listener.onHello?.(nodeId, hello, remoteAddress)
  if (hello.protocol < MIN_PROTOCOL) return hello
  for (const listener of listeners) await listener.onObserved?.(nodeId, hello.instances)

  const specs = (
    await Promise.all([...listeners].map(async (listener) => (await listener.onSync?.(nodeId)) ?? []))
  ).flat()
  const synced = await ask(session, clock, {
    method: 'PUT',
    path: agentPaths.sync,
    json: { instances: specs },
    timeoutMs: 60_000,
  })
  const { instances } = synced.json(SyncAnswer)
  for (const listener of listeners) await listener.onObserved?.(nodeId, instances)
  return hello
}

/** Follows an agent's events and heartbeats for as long as the session stands. */
export async function follow(
  { db, clock, log, times, listeners }: Deps,
  { nodeId, epoch, eventSeq, session }: Peer,
): Promise<never> {
  const { status, headers, stream } = await session.open(
    { method: 'GET', path: `${agentPaths.events}?after=${eventSeq}` },
    undefined,
    undefined,
  )
  if (status !== 200) throw new SessionEnd(`its events answered ${status}`)
  const newest = Number(headers['x-newest'])
  // Its outbox began anew, for instance on a restored disk: the numbers that come next are lower than those we know.
  const isAnew = newest < eventSeq
  if (isAnew) await store.rewindEventSeq(db, nodeId, epoch)

  let applied = isAnew ? 0 : eventSeq
  let acknowledging = false
  async function acknowledge() {
    if (acknowledging) return
    acknowledging = true
    try {
      for (let sent = 0; sent < applied;) {
        sent = applied
        await ask(session, clock, { method: 'POST', path: agentPaths.acknowledge, json: { seq: sent } })
      }
    } catch (error) {
      // The next session begins with it.
      log.debug({ err: error, node_id: nodeId }, 'events could not be acknowledged')
    } finally {
      acknowledging = false
    }
  }

  void acknowledge()

  /** False for an event that was applied before. A fenced session must not even acknowledge. */
  async function advance(db: Db, seq: number): Promise<boolean> {
    if (await store.advanceEventSeq(db, nodeId, epoch, seq)) return true
    if ((await store.findNode(db, nodeId))?.epoch !== epoch) throw new SessionEnd('a newer session took over')
    return false
  }

  async function apply(event: OutboxEvent): Promise<void> {
    let after: (() => void)[] = []
    try {
      after = await inTransaction(db, async (db) => {
        if (!(await advance(db, event.seq))) return []
        const done = []
        for (const listener of listeners) done.push(await listener.onEvent?.(db, nodeId, event))
        return done.filter((work) => work !== undefined)
      })
    } catch (error) {
      if (error instanceof SessionEnd) throw error
      // It would come back for ever and hold up all that follow. The next sync tells the newest state again.
      log.error({ err: error, node_id: nodeId, seq: event.seq }, 'an event of an agent could not be applied')
      await advance(db, event.seq)
    }
    for (const work of after) work()
  }

  // An agent that sends much faster than agreed is not heard more often.
  const minGap = times.heartbeat / 5
  let lastHeartbeat: number | undefined
  const paceEvents = createPace(clock, eventsPace)
  try {
    for await (const message of jsonLines(paced(stream, createPace(clock, bytesPace)))) {
      if (fits(Heartbeat, message)) {
        const now = clock.now()
        if (lastHeartbeat !== undefined && now >= lastHeartbeat && now - lastHeartbeat < minGap) continue
        lastHeartbeat = now
        const heartbeat = withinBounds(message)
        for (const listener of listeners) listener.onHeartbeat?.(nodeId, heartbeat)
      } else if (fits(OutboxEvent, message)) {
        await paceEvents(1)
        await apply(message)
        applied = message.seq
        void acknowledge()
      } else {
        throw new SessionEnd('it sent a message of an unknown form')
      }
    }
  } catch (error) {
    if (error instanceof BadLine) throw new SessionEnd(`it sent ${error.message}`)
    throw error
  }
  throw new SessionEnd('it ended its events')
}
