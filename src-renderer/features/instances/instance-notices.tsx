import { RotateCw, Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useQuery } from '@tanstack/react-query'
import type { Instance } from '#contract/instances'
import { getNode } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { formatSince } from '../../lib/format.ts'
import { useCan } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { MovingNotice } from '../migrations/moving-notice.tsx'
import { canDo } from './power.ts'
import { usePower } from './use-power.ts'

const noticeStyle = 'mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-border px-3 py-2'

/** What one has to know before looking at anything else of a server. */
export function InstanceNotices({ instance }: { instance: Instance }) {
  return (
    <>
      {instance.state === 'migrating' && <MovingNotice instanceId={instance.id} />}
      {instance.state === 'unknown' && <AwayNotice instance={instance} />}
      {instance.restart_needed && <RestartNotice instance={instance} />}
    </>
  )
}

function AwayNotice({ instance: { node_id: id, node_name: machine } }: { instance: Instance }) {
  const { t } = useTranslation()
  const seesMachines = useCan('nodes.view')
  const seen = useQuery({ ...queryFor(getNode, { params: { id } }), enabled: seesMachines }).data?.last_seen_at
  return (
    <p role="status" className={`${noticeStyle} bg-stopped-soft`}>
      <Unplug aria-hidden size={16} className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 text-pretty">
        {seen
          ? t('instances.machineAway', { machine, time: formatSince(seen) })
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
