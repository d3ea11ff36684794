import type { NodeFeatures } from '#contract/nodes'
import { getNodeSsh } from '#contract/ssh-login'
import type { Audit } from '#server/audit'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Log } from '#server/log'
import { readHostKeys } from '#server/ssh/host-keys'
import type { AgentListener } from '#server/tunnel/listener'
import { machineOf } from './machine.ts'
import * as store from './store.ts'

type Deps = { db: Db; log: Log; audit: Audit; publish: Publish }

/** Pins the host keys that a machine shows first, and notes when it shows others. */
export function createPins({ db, log, audit, publish }: Deps) {
  /** What each machine told of itself last, so that a heartbeat costs a comparison. */
  const told = new Map<string, string>()

  async function note(nodeId: string, lines: readonly string[]) {
    const keys = readHostKeys(lines)
    const organization_id = await inTransaction(db, async (db) => {
      const row = await store.findMachine(db, nodeId)
      if (!row) return undefined
      const about = {
        organization_id: row.organization_id,
        actor: { type: 'agent' as const, id: nodeId, name: row.name },
        subject: { type: 'node', id: nodeId, name: row.name },
      }
      if (
        keys.length > 0 &&
        (await store.pinFirst(
          db,
          nodeId,
          keys.map(({ line }) => line),
        ))
      ) {
        const fingerprints = keys.map(({ fingerprint }) => fingerprint)
        await audit(db, { ...about, action: 'node.host_keys_pinned', details: { fingerprints } })
        return row.organization_id
      }
      const { changed } = machineOf(row)
      if (changed.length > 0) {
        const fingerprints = changed.map(({ fingerprint }) => fingerprint)
        await audit(db, { ...about, action: 'node.host_keys_changed', details: { fingerprints } })
      }
      return row.organization_id
    })
    if (organization_id === undefined) return
    publish({
      organization_id,
      kind: 'node.host_keys_told',
      subject: { type: 'node', id: nodeId },
      stale: [{ operation: getNodeSsh, id: nodeId }],
    })
  }

  function hear(nodeId: string, features: NodeFeatures | undefined): Promise<void> | undefined {
    const ssh = features?.ssh
    if (!ssh) return void told.delete(nodeId)
    const now = ssh.host_keys.join('\n')
    if (told.get(nodeId) === now) return undefined
    told.set(nodeId, now)
    return note(nodeId, ssh.host_keys).catch((error: unknown) => {
      told.delete(nodeId)
      log.error({ err: error, node_id: nodeId }, 'the host keys of a machine could not be noted')
    })
  }

  const listener: Partial<AgentListener> = {
    onHello: async (nodeId, { features }) => hear(nodeId, features),
    onHeartbeat: (nodeId, { features }) => void hear(nodeId, features),
  }
  return { listener }
}
