import { isIP } from 'node:net'
import type { AgentHello, Heartbeat } from '#contract/agent'
import { getInstance, type InstanceUsage, listInstances } from '#contract/instances'
import { getNode, listNodes, type NodeUsage } from '#contract/nodes'
import type { Audit } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Log } from '#server/log'
import type { AgentListener } from '#server/tunnel/listener'
import { asWords } from './naming.ts'
import { createPresence, type Health } from './presence.ts'
import * as store from './store.ts'

type Deps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  publish: Publish
  record: (nodeId: string, usage: NodeUsage, instances: readonly { id: string; usage: InstanceUsage }[]) => void
  minProtocol: number
}
/** What changed in a heartbeat and stands in the machine's row. */
type Facts = { engine: string | null; capabilities: string; features: string | null; disk: number }
type Known = {
  organization_id: string
  name: string
  facts: Facts
  savedAt: number
  toldAt: number
  waitingForEngine: number
  checkedAt: number
}

/** How often `last_seen_at` is written, and how often a missing engine is weighed again. */
const SAVE_MS = 30_000
/** Viewers get a heartbeat's figures at most so often; a little less than its rhythm, so that jitter drops none. */
const TELL_MS = 4500
/** A machine seen so shortly before our start was there when we went down. */
const RECENT_MS = 10 * 60_000

const loopback = /^(127\.|::1$|::ffff:127\.)/
const clip = (text: string, max = 200) => asWords(text).slice(0, max)
const whole = (value: number) => Math.round(Math.min(Math.max(value, 0), Number.MAX_SAFE_INTEGER))
const usageOf = (usage: NodeUsage): NodeUsage => ({
  ...usage,
  cpu_percent: Math.min(Math.max(usage.cpu_percent, 0), 100),
})

/** Follows the machines: what they are, how they are, and tells people when that changes. */
export function createWatch({ db, clock, log, audit, publish, record, minProtocol }: Deps) {
  const known = new Map<string, Known>()
  /** What happens to machines is told in its order, whatever the database takes. */
  let telling: Promise<unknown> = Promise.resolve()
  const inOrder = (work: () => Promise<void>) => {
    telling = telling
      .then(work)
      .catch((error: unknown) => log.error({ err: error }, 'a change of a machine could not be told'))
  }
  const presence = createPresence({ clock, onChange: (nodeId, from, to) => inOrder(() => tell(nodeId, from, to)) })
  const booting = new Set<string>()

  const actionOf = (nodeId: string, from: Health, to: Health, lastSeen: string | null): string | undefined => {
    // Our own restart is no news of theirs, unless they did not come back.
    if (booting.delete(nodeId)) {
      return to.state === 'offline' && Date.parse(lastSeen ?? '') > clock.now() - RECENT_MS ? 'node.lost' : undefined
    }
    if (from.state === to.state) return undefined
    if (to.state === 'offline') return 'node.lost'
    if (from.state === 'offline') return 'node.connected'
    return to.state === 'healthy' ? 'node.recovered' : 'node.unhealthy'
  }

  async function tell(nodeId: string, from: Health, to: Health) {
    const node = await store.findNodeBrief(db, nodeId)
    if (!node) return
    const action = actionOf(nodeId, from, to, node.last_seen_at)
    if (action) {
      await audit(db, {
        organization_id: node.organization_id,
        actor: { type: 'system', id: null, name: null },
        action,
        subject: { type: 'node', id: nodeId, name: node.name },
        reason: to.reason,
      })
    }
    publish({
      organization_id: node.organization_id,
      kind: 'node.state_changed',
      subject: { type: 'node', id: nodeId },
      stale: [listNodes, { operation: getNode, id: nodeId }, listInstances, getInstance],
      data: { id: nodeId, state: to.state, state_reason: to.reason },
    })
  }

  async function noteFacts(
    nodeId: string,
    entry: Known,
    { engine_version, capabilities, features, disk_total_bytes }: Heartbeat,
  ) {
    const facts: Facts = {
      engine: engine_version === null ? null : clip(engine_version, 64),
      capabilities: JSON.stringify(capabilities),
      features: features ? JSON.stringify(features) : null,
      disk: whole(disk_total_bytes),
    }
    const isNews =
      facts.engine !== entry.facts.engine ||
      facts.capabilities !== entry.facts.capabilities ||
      facts.features !== entry.facts.features ||
      facts.disk !== entry.facts.disk
    const now = clock.now()
    if (!isNews && now - entry.savedAt < SAVE_MS) return
    entry.savedAt = now
    entry.facts = facts
    await store.updateNode(db, nodeId, {
      last_seen_at: isoNow(clock),
      engine_version: facts.engine,
      capabilities: facts.capabilities,
      features: facts.features,
      disk_total_bytes: facts.disk,
    })
    if (isNews) {
      publish({
        organization_id: entry.organization_id,
        kind: 'node.updated',
        subject: { type: 'node', id: nodeId },
        stale: [listNodes, { operation: getNode, id: nodeId }],
      })
    }
  }

  async function beat(nodeId: string, entry: Known, heartbeat: Heartbeat) {
    const now = clock.now()
    await noteFacts(nodeId, entry, heartbeat)
    if (heartbeat.engine_version !== null) entry.waitingForEngine = 0
    else if (now - entry.checkedAt >= SAVE_MS) {
      entry.checkedAt = now
      entry.waitingForEngine = await store.countDockerInstances(db, nodeId)
    }
    // An agent speaks for the servers of its own machine only.
    const own: ReadonlyMap<string, string | null> =
      heartbeat.instances.length > 0 ? await store.listMakers(db, nodeId) : new Map()
    const items = heartbeat.instances.filter(({ id }) => own.has(id))
    if (known.get(nodeId) !== entry) return
    const usage = usageOf(heartbeat.usage)
    presence.heartbeat(nodeId, { ...heartbeat, usage }, entry.waitingForEngine)
    record(
      nodeId,
      usage,
      items.flatMap(({ id, usage }) => (usage ? [{ id, usage }] : [])),
    )
    if (now - entry.toldAt < TELL_MS) return
    entry.toldAt = now
    const { organization_id } = entry
    publish({
      organization_id,
      kind: 'node.heartbeat',
      subject: { type: 'node', id: nodeId },
      data: { id: nodeId, state: presence.of(nodeId).state, usage },
    })
    if (items.length > 0) publish({ organization_id, kind: 'instance.stats', data: { items }, makers: own })
  }

  async function hello(nodeId: string, { protocol, ...said }: AgentHello, remoteAddress: string) {
    const node = await store.findNodeBrief(db, nodeId)
    if (!node) return
    const own = said.addresses.find((address) => isIP(address) > 0)
    const capabilities = JSON.stringify(said.capabilities)
    const features = said.features ? JSON.stringify(said.features) : null
    const disk = whole(said.disk_total_bytes)
    const engine = said.engine_version === null ? null : clip(said.engine_version, 64)
    await inTransaction(db, async (db) => {
      await store.updateNode(db, nodeId, {
        agent_version: clip(said.agent_version, 64),
        hostname: clip(said.hostname, 253),
        platform: clip(said.platform, 32),
        arch: clip(said.arch, 32),
        os: clip(said.os),
        kernel: clip(said.kernel),
        cpu_cores: whole(said.cpu_cores),
        memory_total_bytes: whole(said.memory_total_bytes),
        disk_total_bytes: disk,
        engine_version: engine,
        capabilities,
        features,
        last_seen_at: isoNow(clock),
        // How it reached us is how others may reach it, unless that is only from here.
        detected_address: loopback.test(remoteAddress) ? (own ?? '127.0.0.1') : remoteAddress.replace(/^::ffff:/, ''),
      })
      if (node.agent_version !== null && node.agent_version !== said.agent_version) {
        await audit(db, {
          organization_id: node.organization_id,
          actor: { type: 'agent', id: nodeId, name: node.name },
          action: 'node.agent_updated',
          subject: { type: 'node', id: nodeId, name: node.name },
          details: { from: node.agent_version, to: clip(said.agent_version, 64) },
        })
      }
    })
    known.set(nodeId, {
      organization_id: node.organization_id,
      name: node.name,
      facts: { engine, capabilities, features, disk },
      savedAt: clock.now(),
      toldAt: 0,
      waitingForEngine: 0,
      checkedAt: 0,
    })
    presence.hello(nodeId, { protocol }, minProtocol)
    publish({
      organization_id: node.organization_id,
      kind: 'node.updated',
      subject: { type: 'node', id: nodeId },
      stale: [listNodes, { operation: getNode, id: nodeId }],
    })
  }

  const listener: Partial<AgentListener> = {
    onHello: hello,
    onHeartbeat(nodeId, heartbeat) {
      const entry = known.get(nodeId)
      if (entry) {
        beat(nodeId, entry, heartbeat).catch((error: unknown) =>
          log.error({ err: error, node_id: nodeId }, 'a heartbeat could not be taken in'),
        )
      }
    },
    async onState(nodeId, state) {
      if (state === 'connected') return presence.connected(nodeId)
      const { heartbeatAt } = presence.of(nodeId)
      if (heartbeatAt !== null) {
        await store.updateNode(db, nodeId, { last_seen_at: new Date(heartbeatAt).toISOString() })
      }
      known.delete(nodeId)
      presence.lost(nodeId)
    },
  }

  return {
    listener,
    presence,
    /** Before the first agent can connect: those that we know are expected back. */
    async begin() {
      for (const { id } of await store.listBriefs(db)) {
        booting.add(id)
        presence.expect(id)
      }
    },
    forget(nodeId: string) {
      known.delete(nodeId)
      presence.forget(nodeId)
    },
    async close() {
      presence.close()
      await telling
    },
  }
}
export type Watch = ReturnType<typeof createWatch>
