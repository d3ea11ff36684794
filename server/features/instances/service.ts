import { Type as T } from 'typebox'
import { agentPaths, ObservedInstance } from '#contract/agent'
import {
  type deleteInstance,
  type getInstanceMetricsHistory,
  type getInstanceStats,
  InstanceUsage,
} from '#contract/instances'
import { type Input, type Output, urlFor } from '#contract/operation'
import { Nullable, Time } from '#contract/page'
import type { InstancePermission } from '#contract/permissions'
import type { Caller } from '#server/http/caller'
import { stateChanged } from './changes.ts'
import { createDeletion } from './deletion.ts'
import { createDelivery } from './delivery.ts'
import { createDeploy } from './deploy.ts'
import type { Deps } from './deps.ts'
import { createDocuments } from './documents.ts'
import { createMoves } from './moves.ts'
import { createLeaving } from './leaving.ts'
import { createObserver } from './observe.ts'
import { createPower } from './power.ts'
import { createReader } from './reader.ts'
import * as store from './store.ts'
import { createUsage } from './usage.ts'
import { stateOf } from './view.ts'
import { deploymentKinds } from './words.ts'

const Stats = T.Object({ at: Time, state: ObservedInstance.properties.state, usage: Nullable(InstanceUsage) })

/** Servers: what people want of them, what their machines say of them. */
export function createInstancesService(deps: Deps) {
  const { db, clock, agents, tasks, publish } = deps
  const documents = createDocuments()
  const usage = createUsage(clock)
  const reader = createReader(deps, { documents, usage })
  const delivery = createDelivery(deps, documents, async (row, reason) => {
    if (row.state !== 'creating') return
    await store.updateInstance(db, row.id, { state: 'error', state_reason: reason })
    for (const kind of deploymentKinds) await tasks.finish(db, row.id, kind, reason)
    publish(stateChanged(row, { state: 'error', state_reason: reason, stage: null, percent: null }, { hasTask: true }))
  })
  const deletion = createDeletion(deps, delivery)
  const power = createPower(deps, { delivery, reader })
  const deploy = createDeploy(deps, { documents, delivery, reader })
  const moves = createMoves(deps, { documents, delivery })
  const listener = createObserver(deps, { delivery, usage, resumeDeletions: deletion.resume })

  return {
    listener,
    /** For the feature that moves servers. */
    moves,
    leaving: createLeaving(db, { documents, usage }),
    list: reader.list,
    get: reader.get,
    create: deploy.create,
    update: deploy.update,
    power,
    async remove(caller: Caller, id: string, choice: Input<typeof deleteInstance>['query']) {
      await reader.getRow(db, caller, id, 'instances.delete')
      return deletion.remove(caller, id, choice)
    },
    /** Where a server is, for those who read its console. */
    async locate(caller: Caller, id: string, permission: InstancePermission) {
      const row = await reader.getRow(db, caller, id, permission)
      const { name, node_id, organization_id, created_by } = row
      return { id, name, node_id, organization_id, created_by }
    },
    /** The servers of a machine, for those who meet them there. */
    onNode: (nodeId: string) => store.listNamesOfNode(db, nodeId),
    async stats(caller: Caller, id: string): Promise<Output<typeof getInstanceStats>> {
      const { node_id } = await reader.getRow(db, caller, id)
      const answer = await agents.request(node_id, {
        method: 'GET',
        path: urlFor({ url: agentPaths.stats }, { params: { id } }),
      })
      return answer.json(Stats)
    },
    async history(caller: Caller, id: string, query: Input<typeof getInstanceMetricsHistory>['query']) {
      await reader.getRow(db, caller, id)
      return deps.history(id, query)
    },
    /** Servers of all organizations by the state that people see. */
    async countStates(): Promise<Record<string, number>> {
      const counts: Record<string, number> = {}
      for (const { node_id, state, is_deleting, n } of await store.countStates(db)) {
        const shown = stateOf({ state, deleting_at: is_deleting ? '' : null }, deps.isOnline(node_id))
        counts[shown] = (counts[shown] ?? 0) + n
      }
      return counts
    },
    async close() {
      deletion.close()
      await delivery.close()
    },
  }
}
export type InstancesService = ReturnType<typeof createInstancesService>
