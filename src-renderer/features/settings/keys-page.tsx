import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getSettings } from '#contract/settings'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { AddKey } from './add-key.tsx'
import { KeyRow } from './key-row.tsx'

/** Own SSH public keys. */
export function KeysPage() {
  const { t } = useTranslation()
  const [isAdding, setAdding] = useState(false)
  const settings = useQuery(queryFor(getSettings, {}))
  const add = (
    <Button variant="primary" size="sm" onClick={() => setAdding(true)}>
      <Plus aria-hidden size={14} /> {t('settings.keys.add')}
    </Button>
  )
  return (
    <Card aria-labelledby="keys">
      <CardHead
        id="keys"
        title={t('settings.keys.title')}
        action={settings.data && settings.data.ssh_keys.length > 0 && add}
      />
      {settings.isPending ? (
        <SkeletonRows rows={3} />
      ) : settings.isError ? (
        <ErrorState error={settings.error} title={t('settings.failed')} onRetry={() => void settings.refetch()} />
      ) : settings.data.ssh_keys.length === 0 ? (
        <EmptyState icon={KeyRound} title={t('settings.keys.none')} action={add}>
          {t('settings.keys.noneHelp')}
        </EmptyState>
      ) : (
        <>
          <p className="border-b border-border px-4 py-3 text-muted">{t('settings.keys.lead')}</p>
          <ul>
            {settings.data.ssh_keys.map((key) => (
              <KeyRow key={key.name} sshKey={key} />
            ))}
          </ul>
        </>
      )}
      <AddKey open={isAdding} onOpenChange={setAdding} />
    </Card>
  )
}
