import type { QueryClient } from '@tanstack/react-query'
import type { ServerEvent } from '#contract/events'
import { getInstance, type Instance, listInstances } from '#contract/instances'
import { type FleetNode, getNode, listNodes, type NodeUsage } from '#contract/nodes'
import { recordSample } from './recent.ts'

type Row = { id: string }
type Page = { items: Row[] }
type Patches = ReadonlyMap<string, object>

const isPage = (data: unknown): data is Page => typeof data === 'object' && data !== null && 'items' in data && Array.isArray(data.items)

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

const hotOperations: Record<string, readonly string[]> = {
  'instance.stats': [listInstances, getInstance].map((op) => op.schema.operationId),
  'node.heartbeat': [listNodes, getNode].map((op) => op.schema.operationId),
}

type InstanceStats = { items: Pick<Instance, 'id' | 'state' | 'usage'>[] }
type Heartbeat = Pick<FleetNode, 'id' | 'state'> & { usage: NodeUsage | null }

/** Puts the values that an event carries into every loaded result, instead of asking for them again. */
export function mergeHot(client: QueryClient, event: ServerEvent): void {
  const operations = hotOperations[event.kind]
  if (!operations || !event.data) return
  const at = Date.parse(event.at)
  const items: { id: string; usage: NodeUsage | Instance['usage'] }[] =
    event.kind === 'instance.stats' ? (event.data as InstanceStats).items : [event.data as Heartbeat]
  const patches = new Map<string, object>()
  for (const item of items) {
    const isBeat = event.kind === 'node.heartbeat'
    patches.set(item.id, { ...item, ...(isBeat && { last_seen_at: event.at }) })
    if (item.usage) recordSample(item.id, item.usage, at)
  }
  for (const operation of operations) {
    client.setQueriesData({ queryKey: [operation] }, (data: unknown) => patchData(data, patches))
  }
}
