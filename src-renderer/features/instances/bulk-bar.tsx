import { CircleStop, Play, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { canDo } from './power.ts'
import { useBulkPower } from './use-power.ts'

/** What can be done with everything that is selected; at the foot, where it moves nothing. */
export function BulkBar({ instances, onClear }: { instances: readonly Instance[]; onClear: () => void }) {
  const { t } = useTranslation()
  const run = useBulkPower()
  const [pending, setPending] = useState<'start' | 'stop'>()
  if (instances.length === 0) return null

  const mine = instances.filter(({ rights }) => rights.includes('instances.power'))
  const able = {
    start: mine.filter((instance) => canDo('start', instance)),
    stop: mine.filter((instance) => canDo('stop', instance)),
  }
  const act = async (action: 'start' | 'stop') => {
    setPending(action)
    const refused = await run(able[action], action)
    setPending(undefined)
    const done = able[action].length - refused
    if (done > 0) {
      toast({
        title: t(action === 'start' ? 'instances.bulkStarted' : 'instances.bulkStopped', { count: done }),
        tone: 'done',
      })
    }
    if (refused > 0) toast({ title: t('instances.bulkFailed', { count: refused }), tone: 'failed' })
    if (refused === 0) onClear()
  }
  return (
    <div
      role="toolbar"
      aria-label={t('instances.bulk')}
      className="sticky bottom-3 z-20 mx-auto mt-4 flex w-fit max-w-full items-center gap-2 rounded-lg border border-border bg-raised p-2 pl-4 shadow-overlay"
    >
      <span role="status" className="mr-2 truncate font-medium tabular">
        {t('common.selected', { count: instances.length })}
      </span>
      <Button disabled={able.start.length === 0} pending={pending === 'start'} onClick={() => void act('start')}>
        <Play aria-hidden size={14} />
        {t('instances.bulkStart', { count: able.start.length })}
      </Button>
      <Button disabled={able.stop.length === 0} pending={pending === 'stop'} onClick={() => void act('stop')}>
        <CircleStop aria-hidden size={14} />
        {t('instances.bulkStop', { count: able.stop.length })}
      </Button>
      <IconButton icon={X} label={t('common.clearSelection')} onClick={onClear} />
    </div>
  )
}
