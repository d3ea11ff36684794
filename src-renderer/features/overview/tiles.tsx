import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { listInstances } from '#contract/instances'
import type { listNodes } from '#contract/nodes'
import type { Output } from '#contract/operation'
import { Meter } from '../../components/ui/meter.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { Dot, type Tone } from '../../components/ui/status-dot.tsx'
import { formatBytes, formatNumber, formatPercent } from '../../lib/format.ts'
import { fleetLoad } from './fleet-load.ts'

type Props = {
  nodes: Output<typeof listNodes> | undefined
  instances: Output<typeof listInstances> | undefined
  /** Who sees no machines is told nothing of them. */
  seesMachines: boolean
}

/** The two numbers that matter, and how much room is left. */
export function Tiles({ nodes, instances, seesMachines }: Props) {
  const { t } = useTranslation()
  const healthy = nodes?.items.filter(({ state }) => state === 'healthy').length
  const running = instances?.items.filter(({ state }) => state === 'running').length
  const isBroken = instances?.items.some(({ state }) => state === 'error')
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-4">
      {seesMachines && (
        <CountTile
          to="/machines"
          label={t('overview.machines')}
          count={healthy}
          total={nodes && { count: nodes.items.length, isMore: nodes.next_cursor !== null }}
          tone={healthy === nodes?.items.length ? 'running' : 'error'}
        />
      )}
      <CountTile
        to="/servers"
        label={t('overview.servers')}
        count={running}
        total={instances && { count: instances.items.length, isMore: instances.next_cursor !== null }}
        tone={isBroken ? 'error' : running ? 'running' : 'stopped'}
      />
      {seesMachines && (
        <div className="col-span-2 min-h-24 rounded-lg border border-border bg-surface p-4">
          <h2 className="mb-2 text-muted">{t('overview.load')}</h2>
          <Load nodes={nodes} />
        </div>
      )}
    </div>
  )
}

type CountProps = {
  to: '/machines' | '/servers'
  label: string
  count: number | undefined
  total: { count: number; isMore: boolean } | undefined
  tone: Tone
}

function CountTile({ to, label, count, total, tone }: CountProps) {
  const { t } = useTranslation()
  return (
    <Link
      to={to}
      className="flex min-h-24 flex-col justify-between rounded-lg border border-border bg-surface p-4 transition-colors hover:border-field"
    >
      <span className="text-muted">{label}</span>
      {count === undefined || !total ? (
        <Skeleton className="my-1 h-6 w-20" />
      ) : (
        <span className="flex items-baseline gap-2 tabular">
          {total.count > 0 && <Dot tone={tone} className="self-center" />}
          <span className="text-display font-semibold">{formatNumber(count)}</span>
          <span className="text-muted">
            {t('overview.ofTotal', { count: total.count })}
            {total.isMore && '+'}
          </span>
        </span>
      )}
    </Link>
  )
}

function Load({ nodes }: Pick<Props, 'nodes'>) {
  const { t } = useTranslation()
  const load = nodes && fleetLoad(nodes.items)
  const row = (label: string, used: number, total: number, text: string) => (
    <>
      <dt>{label}</dt>
      <dd className="contents">
        <Meter label={label} value={used} max={total} text={text} showText={false} />
        <span className="text-right text-sm tabular text-muted">{text}</span>
      </dd>
    </>
  )
  if (!load) return <Skeleton className="h-15" />
  const size = ({ used, total }: { used: number; total: number }) =>
    t('overview.ofSize', { used: formatBytes(used), total: formatBytes(total) })
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3">
      {row(t('overview.cpu'), load.cpu_percent, 100, formatPercent(load.cpu_percent))}
      {row(t('overview.memory'), load.memory.used, load.memory.total, size(load.memory))}
      {row(t('overview.disk'), load.disk.used, load.disk.total, size(load.disk))}
    </dl>
  )
}
