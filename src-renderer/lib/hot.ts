import type { QueryClient } from '@tanstack/react-query'
import type { ServerEvent } from '#contract/events'
import { getInstance, type Instance, listInstances } from '#contract/instances'
import { type FleetNode, getNode, listNodes, type NodeUsage } from '#contract/nodes'
import { recordSample } from './recent.ts'

type Row = { id: string }
type Page = { items: Row[] }
type Patches = ReadonlyMap<string, object>

const isPage = (data: unknown): data is Page =>
  typeof data === 'object' && data !== null && 'items' in data && Array.isArray(data.items)

/** Rows that no patch names keep their identity, so that React draws only what changed. */
function patchPage<P extends Page>(page: P, patches: Patches): P {
  let changed = false
  const items = page.items.map((row) => {
    const patch = patches.get(row.id)
    if (!patch) return row
    changed = true
    return { ...row, ...patch }
  })
  return changed ? { ...page, items } : page
}

function patchData(data: unknown, patches: Patches): unknown {
  if (typeof data !== 'object' || data === null) return data
  if ('pages' in data && Array.isArray(data.pages)) {
    const before: unknown[] = data.pages
    const pages = before.map((page) => (isPage(page) ? patchPage(page, patches) : page))
    return pages.some((page, at) => page !== before[at]) ? { ...data, pages } : data
  }
  if (isPage(data)) return patchPage(data, patches)
  const patch = 'id' in data && typeof data.id === 'string' ? patches.get(data.id) : undefined
  return patch ? { ...data, ...patch } : data
}

const ids = (...operations: { schema: { operationId: string } }[]) => operations.map((op) => op.schema.operationId)
const hotOperations: Record<string, readonly string[]> = {
  'instance.stats': ids(listInstances, getInstance),
  'instance.state_changed': ids(listInstances, getInstance),
  'node.heartbeat': ids(listNodes, getNode),
  'node.state_changed': ids(listNodes, getNode),
}

type InstanceStats = { items: Pick<Instance, 'id' | 'state' | 'usage'>[] }
type InstanceChange = Pick<Instance, 'state' | 'state_reason' | 'stage'>
type Heartbeat = Pick<FleetNode, 'id' | 'state'> & { usage: NodeUsage | null }
type NodeChange = Pick<FleetNode, 'id' | 'state' | 'state_reason'>

/** What an event says of each row, by id. Only fields that a row has. */
function patchesOf({ kind, data, at, subject_id }: ServerEvent): [string, object][] {
  switch (kind) {
    case 'instance.stats':
      return (data as InstanceStats).items.map(({ id, state, usage }) => [id, { state, usage }])
    case 'instance.state_changed': {
      const { state, state_reason, stage } = data as InstanceChange
      return subject_id ? [[subject_id, { state, state_reason, stage }]] : []
    }
    case 'node.heartbeat': {
      const { id, state, usage } = data as Heartbeat
      return [[id, { state, usage, last_seen_at: at }]]
    }
    case 'node.state_changed': {
      const { id, state, state_reason } = data as NodeChange
      return [[id, { state, state_reason }]]
    }
    default:
      return []
  }
}

function remember({ kind, data, at }: ServerEvent): void {
  const beats: { id: string; usage: { cpu_percent: number; memory_bytes: number } | null }[] =
    kind === 'instance.stats' ? (data as InstanceStats).items : kind === 'node.heartbeat' ? [data as Heartbeat] : []
  for (const { id, usage } of beats) if (usage) recordSample(id, usage, Date.parse(at))
}

/** Puts the values that an event carries into every loaded result, instead of asking for them again. */
export function mergeHot(client: QueryClient, event: ServerEvent): void {
  const operations = hotOperations[event.kind]
  if (!operations || !event.data) return
  const patches = new Map(patchesOf(event))
  remember(event)
  for (const operation of operations) {
    client.setQueriesData({ queryKey: [operation] }, (data: unknown) => patchData(data, patches))
  }
}
