import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { InstanceStatus } from '../../components/instance-status.tsx'
import { useAwayMachines } from '../../components/use-away-machines.ts'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Sparkline } from '../../components/ui/sparkline.tsx'
import { formatPercent } from '../../lib/format.ts'
import { useRecent } from '../../lib/recent.ts'

const SHOWN = 8

/** What runs, then the rest: the ones that people come for, with the address to pass on. */
export function ServerList({ instances }: { instances: readonly Instance[] | undefined }) {
  const { t } = useTranslation()
  const away = useAwayMachines()
  const shown = useMemo(() => instances && runningFirst(instances).slice(0, SHOWN), [instances])
  return (
    <Card aria-labelledby="servers">
      <CardHead
        id="servers"
        title={t('overview.serversTitle')}
        action={
          <ButtonLink to="/servers" size="sm" variant="ghost" className="-mr-2">
            {t('overview.showAll')}
          </ButtonLink>
        }
      />
      {shown ? (
        <ul>
          {shown.map((instance) => (
            <ServerRow key={instance.id} instance={instance} awaySince={away[instance.node_id]} />
          ))}
        </ul>
      ) : (
        <SkeletonRows rows={4} />
      )}
    </Card>
  )
}

const runningFirst = (instances: readonly Instance[]): Instance[] =>
  [...instances].sort(
    (a, b) => Number(b.state === 'running') - Number(a.state === 'running') || a.name.localeCompare(b.name),
  )

function ServerRow({ instance, awaySince }: { instance: Instance; awaySince: string | undefined }) {
  const { t } = useTranslation()
  const recent = useRecent(instance.id)
  const isRunning = instance.state === 'running' && awaySince === undefined
  const cpu = instance.usage && isRunning ? formatPercent(instance.usage.cpu_percent) : undefined
  return (
    <li className="flex min-h-11 items-center gap-3 border-b border-border px-4 py-1 last:border-0">
      <div className="min-w-0 flex-1">
        <Link
          to="/servers/$instanceId"
          params={{ instanceId: instance.id }}
          className="block truncate rounded-sm font-medium hover:underline"
        >
          {instance.name}
        </Link>
        {instance.address && (
          <span className="flex items-center gap-1 text-muted">
            <span className="truncate font-mono text-sm">{instance.address}</span>
            <CopyButton text={instance.address} className="-my-1" />
          </span>
        )}
      </div>
      {cpu && (
        <div className="w-20 shrink-0 max-sm:hidden">
          <Sparkline
            label={t('overview.cpuOf', { name: instance.name, value: cpu })}
            values={recent.map((sample) => sample.cpu_percent)}
            max={100}
          />
        </div>
      )}
      <span className="w-14 shrink-0 text-right text-sm text-muted tabular max-sm:hidden">{cpu}</span>
      <InstanceStatus
        state={instance.state}
        awaySince={awaySince}
        className={awaySince === undefined ? 'w-28 shrink-0' : 'shrink-0'}
      />
    </li>
  )
}
