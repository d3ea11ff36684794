import type { Input } from '#contract/operation'
import type { getInstance, Instance, listInstances } from '#contract/instances'
import type { Output } from '#contract/operation'
import type { InstancePermission } from '#contract/permissions'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { instanceRights, mayOnInstance, missing, visibilityOf } from '#server/http/rights'
import type { Deps } from './deps.ts'
import type { Documents } from './documents.ts'
import * as store from './store.ts'
import type { InstanceRow } from './store.ts'
import type { Usage } from './usage.ts'
import { toInstance } from './view.ts'

type Parts = { documents: Documents; usage: Usage }

/** What people see of servers. A page costs one query for its rows and one for all their ports. */
export function createReader({ db, isOnline }: Pick<Deps, 'db' | 'isOnline'>, { documents, usage }: Parts) {
  async function show(db: Db, caller: Caller, rows: readonly InstanceRow[]): Promise<Instance[]> {
    const documentOf = await documents(db, rows)
    const ports = Map.groupBy(
      await store.listPorts(
        db,
        rows.map(({ id }) => id),
      ),
      ({ instance_id }) => instance_id,
    )
    return rows.map((row) =>
      toInstance(row, {
        document: documentOf(row),
        ports: ports.get(row.id) ?? [],
        isOnline: isOnline(row.node_id),
        usage: usage.of(row.node_id, row.id),
        rights: instanceRights(caller, row),
      }),
    )
  }

  /** Throws alike for what there is not and for what the caller may not see; then for the right that is asked for. */
  async function getRow(
    db: Db,
    caller: Caller,
    id: string,
    permission: InstancePermission = 'instances.view',
  ): Promise<InstanceRow> {
    const row = await store.findInstance(db, caller.organization_id, id)
    if (!row || !mayOnInstance(caller, 'instances.view', row)) {
      throw notFound('instance_not_found', 'There is no such server.')
    }
    if (!mayOnInstance(caller, permission, row)) throw missing(permission)
    return row
  }

  async function showOne(db: Db, caller: Caller, id: string): Promise<Instance> {
    const [instance] = await show(db, caller, [await getRow(db, caller, id)])
    if (!instance) throw new Error('One row shows as one instance.')
    return instance
  }

  return {
    getRow,
    showOne,
    async get(caller: Caller, id: string): Promise<Output<typeof getInstance>> {
      const row = await getRow(db, caller, id)
      const [instance] = await show(db, caller, [row])
      if (!instance) throw new Error('One row shows as one instance.')
      return { ...instance, crash_log: await store.findCrashLog(db, id), document: (await documents(db, [row]))(row) }
    },
    async list(caller: Caller, query: Input<typeof listInstances>['query']) {
      const { organization_id } = caller
      const limit = query.limit ?? 50
      const offline =
        query.state === undefined ? [] : (await store.listNodeIds(db, organization_id)).filter((id) => !isOnline(id))
      const rows = await store.listInstances(db, {
        organization_id,
        visible_to: visibilityOf(caller),
        state: query.state,
        offline_node_ids: offline,
        node_id: query.node_id,
        workload_id: query.workload_id,
        search: query.search,
        before: fromCursor(query.cursor),
        limit,
      })
      const { items, next_cursor } = toPage(rows, limit)
      return { items: await show(db, caller, items), next_cursor }
    },
  }
}
export type Reader = ReturnType<typeof createReader>
