import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { InstanceStatus } from '../../components/instance-status.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { phone, useMedia } from '../../lib/use-media.ts'
import { ConsoleView } from '../console/console-view.tsx'
import { CrashCard, hasCrashed } from './crash-card.tsx'
import { InstallPanel } from './install-panel.tsx'
import { PowerButtons } from './power-buttons.tsx'

type Props = {
  instance: Instance
  awaySince: string | undefined
  /** The console was asked for by name: on a phone it then takes the whole screen. */
  isAsked: boolean
  onLeave: () => void
}

export function ConsoleTab({ instance, awaySince, isAsked, onLeave }: Props) {
  const { t } = useTranslation()
  const isPhone = useMedia(phone)
  const [isOpened, setOpened] = useState(false)
  const isFull = isOpened || (isAsked && isPhone)
  const change = (next: boolean) => {
    setOpened(next)
    if (!next && isAsked) onLeave()
  }

  if (instance.state === 'creating' || instance.state === 'installing') return <InstallPanel instance={instance} />
  return (
    <div className="flex flex-col gap-4">
      {hasCrashed(instance) && <CrashCard key={instance.exit?.at} instance={instance} />}
      <ConsoleView
        instance={instance}
        isFull={isFull}
        onFull={change}
        head={
          <>
            <IconButton
              icon={ArrowLeft}
              size="sm"
              label={t('console.leaveFullScreen')}
              className="-ml-2"
              onClick={() => change(false)}
            />
            <span className="min-w-0 flex-1">
              <span className="block truncate leading-4 font-medium">{instance.name}</span>
              <span className="flex min-w-0 items-baseline gap-2 text-sm leading-4">
                <InstanceStatus state={instance.state} awaySince={awaySince} className="leading-4" />
                <span className="truncate text-muted">{t('instances.on', { machine: instance.node_name })}</span>
              </span>
            </span>
            <PowerButtons instance={instance} isCompact />
          </>
        }
      />
    </div>
  )
}
