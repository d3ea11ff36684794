import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'

type Props<T> = { query: UseQueryResult<T>; children: (data: T) => ReactNode }

/** What a section shows: room for what comes, why it did not come, or what came. */
export function Loaded<T>({ query, children }: Props<T>) {
  const { t } = useTranslation()
  if (query.isPending) return <Skeleton className="h-96 max-w-form" />
  if (query.isError) {
    return <ErrorState error={query.error} title={t('admin.failed')} onRetry={() => void query.refetch()} />
  }
  return children(query.data)
}
