import { listActivity, listTasks } from '#contract/activity'
import type { InstanceState } from '#contract/instances'
import { getInstance, listInstances } from '#contract/instances'
import { getNode, listNodes } from '#contract/nodes'
import { listWorkloads } from '#contract/workloads'
import type { EventInput, StaleResult } from '#server/events'

type Subject = { id: string; organization_id: string; created_by: string | null }
type What = {
  /** Servers appeared or went, or run or run no longer: machines and workloads count them. */
  isCounted?: boolean
  hasTask?: boolean
  hasActivity?: boolean
}

const staleOf = (id: string, { isCounted, hasTask, hasActivity }: What): StaleResult[] => [
  { operation: getInstance, id },
  listInstances,
  ...(isCounted ? [listNodes, getNode, listWorkloads] : []),
  ...(hasTask ? [listTasks] : []),
  ...(hasActivity ? [listActivity] : []),
]

/** The event that tells the organization's clients that a server is not what it was. */
export const changed = (
  kind: 'created' | 'updated' | 'deleted',
  { id, organization_id, created_by }: Subject,
  what: What,
): EventInput => ({
  organization_id,
  kind: `instance.${kind}`,
  subject: { type: 'instance', id, created_by },
  stale: staleOf(id, what),
})

/** Carries the state itself, so that a list shows it before it has asked again. */
export const stateChanged = (
  { id, organization_id, created_by }: Subject,
  data: { state: InstanceState; state_reason: string | null; stage: string | null; percent: number | null },
  what: What,
): EventInput => ({
  organization_id,
  kind: 'instance.state_changed',
  subject: { type: 'instance', id, created_by },
  stale: staleOf(id, what),
  data,
})
