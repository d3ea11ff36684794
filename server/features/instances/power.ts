import { agentPaths, ObservedInstance, type PowerAction } from '#contract/agent'
import type { Instance } from '#contract/instances'
import { urlFor } from '#contract/operation'
import { byCaller } from '#server/audit'
import { inTransaction } from '#server/db/open'
import { AppError, unavailable } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import { changed } from './changes.ts'
import type { Delivery } from './delivery.ts'
import type { Deps } from './deps.ts'
import type { Reader } from './reader.ts'
import { requireStill } from './still.ts'
import * as store from './store.ts'
import type { InstanceRow } from './store.ts'

/** After this the agent refuses: a stop that was held up must not strike later. */
const DEADLINE_MS = 15_000
const TIMEOUT_MS = 10_000

/** Nothing to do: what is asked for is so already. */
const isDone = (row: InstanceRow, action: PowerAction) =>
  (action === 'start' && row.desired_state === 'running' && (row.state === 'running' || row.state === 'starting')) ||
  (action === 'stop' && row.desired_state === 'stopped' && row.state === 'stopped')

/** Start, stop, restart and kill: actions of the moment, never kept for later. */
export function createPower(
  { db, clock, audit, publish, agents }: Deps,
  { delivery, reader }: { delivery: Delivery; reader: Reader },
) {
  async function getRow(caller: Caller, id: string): Promise<InstanceRow> {
    const row = await reader.getRow(db, caller, id, 'instances.power')
    requireStill(row)
    return row
  }

  return async (caller: Caller, id: string, action: PowerAction): Promise<Instance> => {
    await getRow(caller, id)
    // What the machine has not been told yet comes first, or it would not know the server.
    await delivery.settled(id)
    const row = await getRow(caller, id)
    if (!agents.isConnected(row.node_id)) {
      throw unavailable(
        'node_offline',
        `${row.node_name} is away, so ${row.name} cannot be reached. Nothing was changed.`,
      )
    }
    if (isDone(row, action)) return reader.showOne(db, caller, id)

    const entry = { ...byCaller(caller), subject: { type: 'instance', id, name: row.name } }
    await audit(db, { ...entry, action: `instance.${action}_requested` })
    const request = { id: newId(clock.now()), action, deadline: new Date(clock.now() + DEADLINE_MS).toISOString() }
    const path = urlFor({ url: agentPaths.action }, { params: { id } })
    try {
      const answer = await agents.request(row.node_id, { method: 'POST', path, json: request, timeoutMs: TIMEOUT_MS })
      const { power } = answer.json(ObservedInstance)
      const accepted = await inTransaction(db, async (db) => {
        await store.updateInstance(db, id, { desired_state: power })
        return reader.showOne(db, caller, id)
      })
      publish(changed('updated', row, { hasActivity: true }))
      return accepted
    } catch (error) {
      const reason = error instanceof AppError ? error.message : 'Something went wrong.'
      await audit(db, { ...entry, action: `instance.${action}_requested`, outcome: 'refused', reason })
      throw error
    }
  }
}
