import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Segmented } from '../../components/ui/segmented.tsx'
import { InstallLog } from '../console/install-log.tsx'
import { LogView } from '../console/log-view.tsx'
import type { Detailed } from './settings-form.ts'

/** What the server printed, and what its installation printed where it has one. */
export function LogsTab({ instance }: { instance: Detailed }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<'server' | 'install'>('server')
  const hasInstall = instance.document.spec.install !== undefined || instance.runtime === 'docker'
  return (
    <div className="flex flex-col gap-3">
      {hasInstall && (
        <Segmented
          className="self-start"
          label={t('instances.tabs.logs')}
          value={shown}
          onValueChange={setShown}
          options={[
            { value: 'server', label: t('instances.logOf.server') },
            { value: 'install', label: t('instances.logOf.install') },
          ]}
        />
      )}
      {shown === 'server' ? (
        <LogView instance={instance} />
      ) : (
        <InstallLog
          instanceId={instance.id}
          name={instance.name}
          isRunning={instance.state === 'installing'}
          className="h-[clamp(20rem,calc(100dvh-22rem),56rem)]"
        />
      )}
    </div>
  )
}
