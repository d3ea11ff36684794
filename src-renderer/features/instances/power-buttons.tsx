import { ChevronDown, CircleStop, Play, RotateCw, Zap } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { cn } from '../../lib/cn.ts'
import { problemText } from '../../lib/problem-text.ts'
import { KillPopover } from './kill-button.tsx'
import { canDo, type PowerAction } from './power.ts'
import { usePower } from './use-power.ts'

/** Start; or stop, restart and kill. A refusal is shown where the button was pressed. */
export function PowerButtons({ instance, isCompact = false }: { instance: Instance; isCompact?: boolean }) {
  const { t } = useTranslation()
  const power = usePower()
  if (!instance.rights.includes('instances.power')) return null

  const act = (action: PowerAction) => power.mutate({ instance, action })
  const pending = power.isPending ? power.variables.action : undefined
  const can = (action: PowerAction) => canDo(action, instance)
  // A pressed button stays where it is until its answer is there, whatever the state says meanwhile.
  const isShown = (action: PowerAction) => can(action) || pending === action
  const label = isCompact ? 'max-sm:sr-only' : ''
  const size = isCompact ? 'sm' : 'md'
  return (
    <div className="flex flex-col items-end gap-1">
      <div
        role="group"
        aria-label={t('instances.actionsOf', { name: instance.name })}
        className="flex items-center gap-2"
      >
        {isShown('start') && (
          <Button variant="primary" size={size} pending={pending === 'start'} onClick={() => act('start')}>
            <Play aria-hidden size={14} />
            <span className={label}>{t('instances.start')}</span>
          </Button>
        )}
        {isShown('stop') && (
          <Button size={size} pending={pending === 'stop'} onClick={() => act('stop')}>
            <CircleStop aria-hidden size={14} />
            <span className={label}>{t('instances.stop')}</span>
          </Button>
        )}
        {isShown('restart') && (
          <Button
            size={size}
            pending={pending === 'restart'}
            onClick={() => act('restart')}
            className={cn(isCompact && 'max-sm:hidden')}
          >
            <RotateCw aria-hidden size={14} />
            {t('instances.restart')}
          </Button>
        )}
        {isShown('kill') && (
          <KillPopover
            instance={instance}
            onKill={() => act('kill')}
            trigger={
              can('stop') ? (
                <IconButton
                  icon={ChevronDown}
                  variant="secondary"
                  size={size}
                  label={t('instances.morePower')}
                  pending={pending === 'kill'}
                />
              ) : (
                <Button size={size} pending={pending === 'kill'}>
                  <Zap aria-hidden size={14} />
                  {t('instances.kill')}
                </Button>
              )
            }
          />
        )}
      </div>
      {power.isError && (
        <p role="alert" className="max-w-80 text-right text-sm text-pretty text-error">
          {problemText(power.error)}
        </p>
      )}
    </div>
  )
}
