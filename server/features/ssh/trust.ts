import { agentPaths, type Heartbeat } from '#contract/agent'
import { NodeSsh } from '#contract/nodes'
import type { SshTrust } from '#contract/ssh'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Log } from '#server/log'
import { buildKrl, type Revoked } from '#server/ssh/krl'
import type { Agents } from '#server/tunnel/agents'
import type { AgentListener } from '#server/tunnel/listener'
import type { Ca } from './ca.ts'
import * as store from './store.ts'

const AT_ONCE = 16
const RETRY_MIN_MS = 5000
const RETRY_MAX_MS = 5 * 60_000

type Entry = {
  ssh: NodeSsh | null
  isSending: boolean
  /** Something changed while it was being told. */
  isStale: boolean
  failures: number
  /** Not tried by itself before. */
  waitUntil: number
}
type Current = { version: number; fingerprints: ReadonlySet<string> }
type Deps = { db: Db; clock: Clock; log: Log; agents: Pick<Agents, 'request' | 'isConnected'>; ca: Ca }

/** Tells machines whom their sshd is to trust: the CA keys and the revocation list, whole, each time. */
export function createTrust({ db, clock, log, agents, ca }: Deps) {
  const entries = new Map<string, Entry>()
  const waiting: string[] = []
  const underWay = new Set<Promise<void>>()
  let current: Current | undefined
  let isClosed = false

  function entryOf(nodeId: string): Entry {
    let entry = entries.get(nodeId)
    if (!entry) {
      entry = { ssh: null, isSending: false, isStale: false, failures: 0, waitUntil: 0 }
      entries.set(nodeId, entry)
    }
    return entry
  }

  async function build(): Promise<Omit<SshTrust, 'scopes'>> {
    const keys = await ca.trusted(db)
    const krl_version = await store.krlVersion(db)
    const revoked = new Map<string, Revoked[]>()
    for (const { public_key, serial_number, key_id } of await store.listRevoked(
      db,
      new Date(clock.now()).toISOString(),
    )) {
      const blob = public_key.split(' ')[1] ?? ''
      const list = revoked.get(blob) ?? []
      list.push({ serial: BigInt(serial_number), keyId: key_id })
      revoked.set(blob, list)
    }
    current = { version: krl_version, fingerprints: new Set(keys.map(({ fingerprint }) => fingerprint)) }
    const krl = buildKrl(krl_version, new Date(clock.now()), revoked).toString('base64')
    return { ca_keys: keys.map(({ public_key }) => public_key), krl, krl_version }
  }

  /** Whether a machine has all that it is to have, as far as its agent tells. */
  function isCurrent(ssh: NodeSsh | null): boolean {
    if (!ssh?.is_managed || !current) return false
    const { version, fingerprints } = current
    const has = ssh.ca_fingerprints ?? []
    const hasKeys = has.length === fingerprints.size && has.every((key) => fingerprints.has(key))
    return ssh.trusts_ca && ssh.krl_version === version && hasKeys
  }

  async function send(nodeId: string, entry: Entry): Promise<void> {
    const node = await store.findOrganizationOf(db, nodeId)
    if (!node) return
    const trust: SshTrust = { ...(await build()), scopes: [nodeId, node.organization_id] }
    const answer = await agents.request(nodeId, { method: 'PUT', path: agentPaths.sshTrust, json: trust })
    entry.ssh = answer.json(NodeSsh)
  }

  function next(): void {
    while (!isClosed && underWay.size < AT_ONCE) {
      const nodeId = waiting.shift()
      if (nodeId === undefined) return
      const entry = entryOf(nodeId)
      entry.isStale = false
      const work = send(nodeId, entry)
        .then(
          () => (entry.failures = isCurrent(entry.ssh) ? 0 : entry.failures + 1),
          (error: unknown) => {
            entry.failures += 1
            if (agents.isConnected(nodeId)) {
              log.warn({ err: error, node_id: nodeId }, 'a machine could not be told whom its sshd is to trust')
            }
          },
        )
        .then(() => {
          entry.isSending = false
          underWay.delete(work)
          // A machine that took it and is not as it should be is asked again later, too: its owner may mend it.
          const pause = RETRY_MIN_MS * 2 ** Math.min(entry.failures, 10)
          entry.waitUntil = clock.now() + Math.min(pause, RETRY_MAX_MS)
          if (entry.isStale) push(nodeId)
          next()
        })
      underWay.add(work)
    }
  }

  /** Once for all that changed until then. */
  function push(nodeId: string): void {
    const entry = entryOf(nodeId)
    entry.isStale = true
    if (entry.isSending || isClosed || !entry.ssh?.is_managed || !agents.isConnected(nodeId)) return
    entry.isSending = true
    waiting.push(nodeId)
    next()
  }

  const heard = (nodeId: string, features: Heartbeat['features']) => {
    entryOf(nodeId).ssh = features?.ssh ?? null
  }

  const listener: Partial<AgentListener> = {
    async onHello(nodeId, { features }) {
      heard(nodeId, features)
    },
    onHeartbeat(nodeId, { features }) {
      const entry = entryOf(nodeId)
      // What it said while it was being told may be from before.
      if (entry.isSending) return
      heard(nodeId, features)
      if (entry.ssh?.is_managed && current && !isCurrent(entry.ssh) && clock.now() >= entry.waitUntil) push(nodeId)
    },
    async onState(nodeId, state) {
      if (state === 'connected') return push(nodeId)
      const entry = entries.get(nodeId)
      if (entry && !entry.isSending) entries.delete(nodeId)
    },
  }

  return {
    listener,
    /** Something changed. Every connected machine is told at once; nobody waits for it. */
    pushAll() {
      for (const nodeId of entries.keys()) push(nodeId)
    },
    /** How every machine stands, those that are behind first. */
    async standing() {
      await build()
      const nodes = (await store.listNodes(db)).flatMap(({ id, name, features }) => {
        const told = entries.get(id)?.ssh ?? (JSON.parse(features ?? 'null') as { ssh: NodeSsh | null } | null)?.ssh
        if (!told) return []
        return [
          {
            node_id: id,
            node_name: name,
            is_connected: agents.isConnected(id),
            is_current: isCurrent(told),
            ssh: told,
          },
        ]
      })
      return nodes.toSorted((one, other) => Number(one.is_current) - Number(other.is_current))
    },
    async close() {
      isClosed = true
      await Promise.all(underWay)
    },
  }
}
export type Trust = ReturnType<typeof createTrust>
