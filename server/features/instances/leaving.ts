import { requiredLabels } from '#contract/node-labels'
import type { Db } from '#server/db/schema'
import type { Caller } from '#server/http/caller'
import { mayOnInstance } from '#server/http/rights'
import type { Documents } from './documents.ts'
import * as store from './store.ts'
import type { Usage } from './usage.ts'

type Range = { start: number; end: number }

/** What emptying a machine has to know of servers: what each of them needs, and what the machines have given away. */
export function createLeaving(db: Db, { documents, usage }: { documents: Documents; usage: Usage }) {
  return {
    /** The servers of a machine that the caller sees. */
    async ofMachine(caller: Caller, nodeId: string, range: Range) {
      const rows = (await store.listInstancesOfNode(db, nodeId)).filter(
        (row) =>
          row.organization_id === caller.organization_id &&
          row.deleting_at === null &&
          mayOnInstance(caller, 'instances.view', row),
      )
      const documentOf = await documents(db, rows)
      const ids = rows.map(({ id }) => id)
      const ports = Map.groupBy(await store.listPorts(db, ids), ({ instance_id }) => instance_id)
      return rows.map((row) => {
        const document = documentOf(row)
        const now = usage.of(nodeId, row.id)
        return {
          id: row.id,
          name: row.name,
          is_running: row.desired_state === 'running',
          memory_bytes: row.memory_bytes ?? now?.memory_bytes ?? null,
          disk_bytes: now?.disk_bytes ?? 0,
          runtime: document.spec.runtime ?? ('docker' as const),
          needs_labels: requiredLabels(document),
          ports: (ports.get(row.id) ?? []).map(({ name, host_port, protocol }) => ({
            name,
            host_port,
            protocol,
            is_chosen: host_port < range.start || host_port > range.end,
          })),
          is_moving: row.migration_id !== null,
        }
      })
    },

    /** What the servers of some machines were promised: memory, and ports as `25565/tcp`. */
    async promised(nodeIds: readonly string[]) {
      const taken = new Map(nodeIds.map((id) => [id, { memory_bytes: 0, ports: new Set<string>() }]))
      for (const { node_id, memory_bytes } of await store.listPromisedMemory(db, nodeIds)) {
        const entry = taken.get(node_id)
        if (entry) entry.memory_bytes = memory_bytes
      }
      for (const { node_id, host_port, protocol } of await store.listPortsOf(db, nodeIds)) {
        taken.get(node_id)?.ports.add(`${host_port}/${protocol}`)
      }
      return taken
    },
  }
}
export type Leaving = ReturnType<typeof createLeaving>
