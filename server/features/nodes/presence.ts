import { PROTOCOL_VERSION, type AgentHello, type Heartbeat } from '#contract/agent'
import type { FleetNode, NodeUsage } from '#contract/nodes'
import type { Clock } from '#server/clock'

export type NodeState = FleetNode['state']
export type Health = { state: NodeState; reason: string | null }
type Entry = {
  /** Absent between a cut and the reconnect. */
  connected: boolean
  /** What people have been shown last. */
  shown: Health
  heartbeatAt: number | null
  usage: NodeUsage | null
  tooOld: number | null
  /** Servers that need the Docker engine while it does not answer. */
  waitingForEngine: number
  cancel: () => void
}

/** Without a heartbeat for so long a connected machine is not healthy. */
export const SILENT_MS = 20_000

const never: Health = { state: 'offline', reason: 'Its agent has not connected yet.' }
const words = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** Which machines are here now, and how they are. In memory: it is told anew by every agent. */
export function createPresence({
  clock,
  onChange,
}: {
  clock: Clock
  onChange: (nodeId: string, from: Health, to: Health) => void
}) {
  const entries = new Map<string, Entry>()

  function entryOf(nodeId: string): Entry {
    let entry = entries.get(nodeId)
    if (!entry) {
      entry = {
        connected: false,
        shown: never,
        heartbeatAt: null,
        usage: null,
        tooOld: null,
        waitingForEngine: 0,
        cancel: () => {},
      }
      entries.set(nodeId, entry)
    }
    return entry
  }

  function healthOf(entry: Entry): Health {
    if (entry.tooOld !== null) {
      return {
        state: 'unhealthy',
        reason: `Its agent speaks protocol ${entry.tooOld}, but ${PROTOCOL_VERSION} is needed. Update the agent.`,
      }
    }
    if (entry.heartbeatAt === null) {
      return { state: 'unhealthy', reason: 'Its agent is connected, but sends no heartbeats.' }
    }
    if (clock.now() - entry.heartbeatAt >= SILENT_MS) {
      return {
        state: 'unhealthy',
        reason: `Its agent is connected, but has been silent since ${words(entry.heartbeatAt)}.`,
      }
    }
    if (entry.waitingForEngine > 0) {
      return {
        state: 'unhealthy',
        reason: `Docker does not answer there, and ${entry.waitingForEngine === 1 ? 'one server needs' : `${entry.waitingForEngine} servers need`} it. Start Docker.`,
      }
    }
    return { state: 'healthy', reason: null }
  }

  function show(nodeId: string, entry: Entry, to: Health) {
    const from = entry.shown
    if (from.state === to.state && from.reason === to.reason) return
    entry.shown = to
    onChange(nodeId, from, to)
  }

  function watch(nodeId: string, entry: Entry, ms = SILENT_MS) {
    entry.cancel()
    entry.cancel = clock.after(ms, () => {
      if (!entry.connected) return
      // A timer may be a moment early by the clock, and nobody would look again.
      const left = entry.heartbeatAt === null ? 0 : entry.heartbeatAt + SILENT_MS - clock.now()
      if (left > 0) watch(nodeId, entry, left)
      else show(nodeId, entry, healthOf(entry))
    })
  }

  return {
    /** Machines known from before our start: their agents are expected back within seconds. */
    expect(nodeId: string) {
      if (!entries.has(nodeId)) {
        entryOf(nodeId).shown = { state: 'unhealthy', reason: 'Waiting for its agent to connect again.' }
      }
    },
    hello(nodeId: string, { protocol }: Pick<AgentHello, 'protocol'>, minProtocol: number) {
      const entry = entryOf(nodeId)
      entry.tooOld = protocol < minProtocol ? protocol : null
      if (entry.tooOld !== null) show(nodeId, entry, healthOf(entry))
    },
    connected(nodeId: string) {
      const entry = entryOf(nodeId)
      entry.connected = true
      // Judged by the first heartbeat of this session, or by its absence.
      if (entry.heartbeatAt !== null) entry.heartbeatAt = clock.now()
      watch(nodeId, entry)
    },
    heartbeat(nodeId: string, { usage }: Heartbeat, waitingForEngine: number) {
      const entry = entryOf(nodeId)
      entry.heartbeatAt = clock.now()
      entry.usage = usage
      entry.waitingForEngine = waitingForEngine
      show(nodeId, entry, healthOf(entry))
      watch(nodeId, entry)
    },
    lost(nodeId: string) {
      const entry = entryOf(nodeId)
      const { heartbeatAt } = entry
      Object.assign(entry, { connected: false, usage: null, heartbeatAt: null, tooOld: null, waitingForEngine: 0 })
      entry.cancel()
      show(nodeId, entry, {
        state: 'offline',
        reason:
          heartbeatAt === null ? 'Its agent is not connected.' : `Its agent has been away since ${words(heartbeatAt)}.`,
      })
    },
    forget(nodeId: string) {
      entries.get(nodeId)?.cancel()
      entries.delete(nodeId)
    },
    of: (nodeId: string): Health & { usage: NodeUsage | null; heartbeatAt: number | null } => {
      const entry = entries.get(nodeId)
      return { ...(entry?.shown ?? never), usage: entry?.usage ?? null, heartbeatAt: entry?.heartbeatAt ?? null }
    },
    idsIn: (...states: NodeState[]): string[] =>
      [...entries].filter(([, { shown }]) => states.includes(shown.state)).map(([id]) => id),
    close() {
      for (const { cancel } of entries.values()) cancel()
    },
  }
}
export type Presence = ReturnType<typeof createPresence>
