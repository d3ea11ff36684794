import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listPasskeys } from '#contract/mfa'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { hasPasskeys } from '../factors/passkeys.ts'
import { PasskeyDialog } from './passkey-dialog.tsx'
import { PasskeyRow } from './passkey-row.tsx'

/** Own passkeys. Where this address or this browser can hold none, it says so. */
export function PasskeysCard({ isPossible }: { isPossible: boolean }) {
  const { t } = useTranslation()
  const [isAdding, setAdding] = useState(false)
  const passkeys = useQuery(queryFor(listPasskeys, {}))
  const canAdd = isPossible && hasPasskeys()
  const add = canAdd && (
    <Button size="sm" onClick={() => setAdding(true)}>
      <Plus aria-hidden size={14} /> {t('security.passkeys.add')}
    </Button>
  )
  const isEmpty = passkeys.data?.items.length === 0
  return (
    <Card aria-labelledby="passkeys">
      <CardHead id="passkeys" title={t('security.passkeys.title')} action={!isEmpty && add} />
      {passkeys.isPending ? (
        <SkeletonRows rows={2} />
      ) : passkeys.isError ? (
        <ErrorState error={passkeys.error} title={t('security.failed')} onRetry={() => void passkeys.refetch()} />
      ) : isEmpty ? (
        <EmptyState icon={KeyRound} title={t('security.passkeys.none')} action={add} className="py-8">
          {t(canAdd ? 'security.passkeys.noneHelp' : 'security.passkeys.unable')}
        </EmptyState>
      ) : (
        <ul>
          {passkeys.data.items.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {isAdding && <PasskeyDialog onClose={() => setAdding(false)} />}
    </Card>
  )
}
