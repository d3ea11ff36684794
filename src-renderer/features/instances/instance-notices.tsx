import { RotateCw, Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Button } from '../../components/ui/button.tsx'
import { formatSince } from '../../lib/format.ts'
import { problemText } from '../../lib/problem-text.ts'
import { MovingNotice } from '../migrations/moving-notice.tsx'
import { canDo } from './power.ts'
import { usePower } from './use-power.ts'

const noticeStyle = 'mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-border px-3 py-2'

/** What one has to know before looking at anything else of a server. */
export function InstanceNotices({ instance, awaySince }: { instance: Instance; awaySince: string | undefined }) {
  return (
    <>
      <MovingNotice instanceId={instance.id} isRunning={instance.state === 'running'} />
      {(instance.state === 'unknown' || (awaySince !== undefined && instance.state !== 'creating')) && (
        <AwayNotice machine={instance.node_name} since={awaySince} />
      )}
      {instance.restart_needed && <RestartNotice instance={instance} />}
    </>
  )
}

function AwayNotice({ machine, since }: { machine: string; since: string | undefined }) {
  const { t } = useTranslation()
  return (
    <p role="status" className={`${noticeStyle} bg-stopped-soft`}>
      <Unplug aria-hidden size={16} className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 text-pretty">
        {since
          ? t('instances.machineAway', { machine, time: formatSince(since) })
          : t('instances.machineAwayPlain', { machine })}
      </span>
    </p>
  )
}

function RestartNotice({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const mayPower = instance.rights.includes('instances.power')
  const power = usePower()
  return (
    <div role="status" className={`${noticeStyle} bg-busy-soft`}>
      <RotateCw aria-hidden size={16} className="shrink-0 text-busy" />
      <span className="min-w-0 flex-1 text-pretty">
        {power.isError ? problemText(power.error) : t('instances.restartNeeded')}
      </span>
      {mayPower && canDo('restart', instance) && (
        <Button size="sm" pending={power.isPending} onClick={() => power.mutate({ instance, action: 'restart' })}>
          {t('instances.restartNow')}
        </Button>
      )}
    </div>
  )
}
