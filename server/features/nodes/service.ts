import { isNewer } from '#contract/install'
import { type FleetNode, getNode, listNodes, type NodeUpdate, type updateNode } from '#contract/nodes'
import type { NodeHistory } from '#contract/metrics'
import type { Input } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { conflict, invalid, notFound } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { version } from '#server/version'
import type { Registration } from './registration.ts'
import * as store from './store.ts'
import type { Watch } from './watch.ts'

type History = { range?: '1h' | '6h' | '24h' | '7d' | '30d'; from?: string; to?: string; resolution?: number }
type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  registration: Registration
  watch: Watch
  /** Whether the machine that we run on is kept as a node. */
  keepsLocalNode: boolean
  endSession: (nodeId: string, reason: string) => void
  /** Ends what people have open there, and deletes what was recorded of it. */
  closeOpen: (nodeId: string) => Promise<void>
  /** Servers that are being moved from it or to it. */
  movesNaming: (db: Db, nodeId: string) => Promise<string[]>
  history: (nodeId: string, query: History) => NodeHistory
  forgetMetrics: (nodeId: string) => void
}

/** Of a machine whose agent told of none. */
const noFeatures: FleetNode['features'] = {
  terminal: false,
  host_files: null,
  ssh: null,
  service: 'none',
  is_updatable: false,
}

const absent = () => notFound('node_not_found', 'There is no such machine.')

export function createNodeService({ db, audit, publish, registration, watch, ...deps }: Deps) {
  const { presence } = watch

  function view({ detected_address, port_start, port_end, ...row }: store.NodeRow): FleetNode {
    const { state, reason, usage, heartbeatAt } = presence.of(row.id)
    const features = row.features === null ? noFeatures : (JSON.parse(row.features) as FleetNode['features'])
    return {
      ...row,
      state,
      state_reason: reason,
      cordoned: row.cordoned === 1,
      draining: row.draining === 1,
      is_local: row.is_local === 1,
      labels: JSON.parse(row.labels) as Record<string, string>,
      address: row.address ?? detected_address,
      port_range: { start: port_start, end: port_end },
      capabilities: JSON.parse(row.capabilities) as FleetNode['capabilities'],
      features,
      records_terminals: row.records_terminals === 1,
      update_available:
        features.is_updatable && row.agent_version !== null && isNewer(version, row.agent_version) ? version : null,
      usage,
      instance_count: row.instance_count ?? 0,
      running_count: row.running_count ?? 0,
      last_seen_at: heartbeatAt === null ? row.last_seen_at : new Date(heartbeatAt).toISOString(),
    }
  }

  async function get(caller: Caller, id: string): Promise<FleetNode> {
    const row = await store.findNode(db, caller.organization_id, id)
    if (!row) throw absent()
    return view(row)
  }

  return {
    get,

    async list(
      caller: Caller,
      query: { cursor?: string; limit?: number; state?: FleetNode['state']; search?: string },
    ) {
      const limit = query.limit ?? 50
      const page = toPage(
        await store.listNodes(db, {
          organization_id: caller.organization_id,
          search: query.search,
          before: fromCursor(query.cursor),
          // Machines of which nothing is known in memory are offline.
          ...(query.state === 'offline' && { except: presence.idsIn('healthy', 'unhealthy') }),
          ...(query.state !== undefined && query.state !== 'offline' && { only: presence.idsIn(query.state) }),
          limit,
        }),
        limit,
      )
      return { ...page, items: page.items.map(view) }
    },

    async update(
      caller: Caller,
      id: string,
      { port_range, name, labels, address, records_terminals }: Input<typeof updateNode>['body'],
    ): Promise<FleetNode> {
      if (port_range && port_range.start > port_range.end) {
        throw invalid('bad_port_range', 'The first port must not be above the last.')
      }
      await inTransaction(db, async (db) => {
        const row = await store.findNode(db, caller.organization_id, id)
        if (!row) throw absent()
        const wanted = name?.trim()
        if (wanted !== undefined && (await store.isNameTaken(db, caller.organization_id, wanted, id))) {
          throw conflict('node_name_taken', `Another machine is already called ${wanted}. Choose another name.`)
        }
        if (port_range) {
          const outside = await store.listPortsOutside(db, id, port_range.start, port_range.end)
          if (outside.length > 0) {
            throw conflict(
              'ports_in_use',
              `Servers there use ports outside this range: ${outside.join(', ')}. Widen it, or change them first.`,
            )
          }
        }
        const change = {
          ...(wanted !== undefined && { name: wanted }),
          ...(labels !== undefined && { labels: JSON.stringify(labels) }),
          ...(address !== undefined && { address }),
          ...(records_terminals !== undefined && { records_terminals: records_terminals ? 1 : 0 }),
          ...(port_range && { port_start: port_range.start, port_end: port_range.end }),
        }
        await store.updateNode(db, id, change)
        await audit(db, {
          ...byCaller(caller),
          action: 'node.updated',
          subject: { type: 'node', id, name: wanted ?? row.name },
          details: change,
        })
      })
      registration.forget(id)
      publish({
        organization_id: caller.organization_id,
        kind: 'node.updated',
        subject: { type: 'node', id },
        stale: [listNodes, { operation: getNode, id }],
      })
      return get(caller, id)
    },

    async remove(caller: Caller, id: string): Promise<void> {
      await inTransaction(db, async (db) => {
        const row = await store.findNode(db, caller.organization_id, id)
        if (!row) throw absent()
        if (row.is_local === 1 && deps.keepsLocalNode) {
          throw conflict(
            'node_is_local',
            'This is the machine that Shardlyn itself runs on. It stays, unless Shardlyn is started with SHARDLYN_LOCAL_NODE=off.',
          )
        }
        const [moving, ...more] = await deps.movesNaming(db, id)
        if (moving !== undefined) {
          const which = more.length === 0 ? moving : `${moving} and ${more.length} more`
          throw conflict('node_migrating', `${row.name} is needed while ${which} is being moved. Wait, or cancel that.`)
        }
        if (!(await store.deleteNode(db, id))) {
          const count = row.instance_count ?? 0
          throw conflict(
            'node_has_instances',
            `${row.name} still has ${count === 1 ? 'a server' : `${count} servers`}. Delete them first.`,
          )
        }
        await audit(db, { ...byCaller(caller), action: 'node.deleted', subject: { type: 'node', id, name: row.name } })
      })
      registration.forget(id)
      await deps.closeOpen(id)
      deps.endSession(id, 'the machine was deleted')
      watch.forget(id)
      deps.forgetMetrics(id)
      publish({
        organization_id: caller.organization_id,
        kind: 'node.deleted',
        subject: { type: 'node', id },
        stale: [listNodes, { operation: getNode, id }],
      })
    },

    async history(caller: Caller, id: string, query: History): Promise<NodeHistory> {
      if (!(await store.findNode(db, caller.organization_id, id))) throw absent()
      return deps.history(id, query)
    },

    /** What an agent said of its update before its next heartbeat says it again. */
    async noteUpdate(db: Db, id: string, update: NodeUpdate): Promise<void> {
      const row = await store.findNodeBrief(db, id)
      const features = row?.features ? (JSON.parse(row.features) as FleetNode['features']) : noFeatures
      await store.updateNode(db, id, { features: JSON.stringify({ ...features, update }) })
    },

    /** False once a machine has been away for longer than a reconnect takes. */
    isOnline: (nodeId: string): boolean => presence.of(nodeId).state !== 'offline',
    count: () => store.countNodes(db),
    /** Machines of all organizations by state. Those of which nothing is known in memory are offline. */
    async countStates() {
      const all = await store.countNodes(db)
      const healthy = presence.idsIn('healthy').length
      const unhealthy = presence.idsIn('unhealthy').length
      return { healthy, unhealthy, offline: Math.max(0, all - healthy - unhealthy) }
    },
    namesOf: async (ids: string[]) =>
      new Map((ids.length > 0 ? await store.namesOf(db, ids) : []).map(({ id, name }) => [id, name])),
  }
}
export type NodeService = ReturnType<typeof createNodeService>
