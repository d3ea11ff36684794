import { useQuery } from '@tanstack/react-query'
import { Plus, Terminal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type createApiToken, listApiTokens } from '#contract/api-tokens'
import type { Output } from '#contract/operation'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { CreateToken } from './create-token.tsx'
import { TokenMade } from './token-made.tsx'
import { TokenRow } from './token-row.tsx'

/** Own API tokens. */
export function TokensPage() {
  const { t } = useTranslation()
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<Output<typeof createApiToken>>()
  const tokens = useQuery(queryFor(listApiTokens, {}))
  const create = (
    <Button variant="primary" size="sm" onClick={() => setCreating(true)}>
      <Plus aria-hidden size={14} /> {t('tokens.create')}
    </Button>
  )
  const isEmpty = tokens.data?.items.length === 0
  return (
    <Card aria-labelledby="tokens">
      <CardHead id="tokens" title={t('tokens.title')} action={tokens.data && !isEmpty && create} />
      {tokens.isPending ? (
        <SkeletonRows rows={3} />
      ) : tokens.isError ? (
        <ErrorState error={tokens.error} title={t('tokens.failed')} onRetry={() => void tokens.refetch()} />
      ) : isEmpty ? (
        <EmptyState icon={Terminal} title={t('tokens.none')} action={create}>
          {t('tokens.noneHelp')}
        </EmptyState>
      ) : (
        <>
          <p className="border-b border-border px-4 py-3 text-muted">{t('tokens.lead')}</p>
          <ul>
            {tokens.data.items.map((token) => (
              <TokenRow key={token.id} token={token} />
            ))}
          </ul>
        </>
      )}
      {isCreating && (
        <CreateToken
          onClose={() => setCreating(false)}
          onMade={(token) => {
            setCreating(false)
            setMade(token)
          }}
        />
      )}
      {made && <TokenMade made={made} onDone={() => setMade(undefined)} />}
    </Card>
  )
}
