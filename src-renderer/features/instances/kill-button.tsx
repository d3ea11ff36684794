import { Zap } from 'lucide-react'
import type { ReactElement } from 'react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { HoldButton } from '../../components/ui/hold-button.tsx'
import { Popover } from '../../components/ui/popover.tsx'

type Props = { instance: Pick<Instance, 'name'>; trigger: ReactElement<Record<string, unknown>>; onKill: () => void }

/** Ending a server without asking it is held, not clicked: what it has not saved is lost. */
export function KillPopover({ instance, trigger, onKill }: Props) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover
      trigger={trigger}
      title={`${t('instances.kill')}: ${instance.name}`}
      open={isOpen}
      onOpenChange={setOpen}
      className="w-72"
    >
      <p className="pb-3 text-pretty text-muted">{t('instances.killHelp')}</p>
      <HoldButton
        className="w-full"
        onHeld={() => {
          setOpen(false)
          onKill()
        }}
      >
        <span className="inline-flex items-center gap-1.5">
          <Zap aria-hidden size={14} />
          {t('instances.killHold')}
        </span>
      </HoldButton>
    </Popover>
  )
}
