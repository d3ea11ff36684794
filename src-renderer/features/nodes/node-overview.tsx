import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { FleetNode } from '#contract/nodes'
import { TimeRangePicker } from '../../components/time-range-picker.tsx'
import type { TimeRange } from '../../lib/time-range.ts'
import { AgentUpdate } from './agent-update.tsx'
import { NodeCapabilities } from './node-capabilities.tsx'
import { NodeCharts } from './node-charts.tsx'
import { NodeFacts } from './node-facts.tsx'

const route = getRouteApi('/shell/machines/$nodeId')

export function NodeOverview({ node }: { node: FleetNode }) {
  const navigate = useNavigate()
  const { range, from, to } = route.useSearch()
  const time = useMemo(
    (): TimeRange => ({ ...(range && { range }), ...(from && to && { from, to }) }),
    [range, from, to],
  )
  const setTime = (next: TimeRange) =>
    void navigate({ to: '/machines/$nodeId', params: { nodeId: node.id }, search: next })
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-3">
        <div className="flex justify-end">
          <TimeRangePicker value={time} onChange={setTime} />
        </div>
        <NodeCharts node={node} time={time} onTime={setTime} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <AgentUpdate node={node} />
        <NodeFacts node={node} />
        <NodeCapabilities node={node} />
      </div>
    </div>
  )
}
