import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/ui/button.tsx'
import { ButtonLink } from '../components/ui/button-link.tsx'
import { EmptyState } from '../components/ui/empty-state.tsx'
import { ErrorState } from '../components/ui/error-state.tsx'
import { Skeleton, SkeletonRows } from '../components/ui/skeleton.tsx'
import { ApiError } from '../lib/api.ts'

/** While the code of a page is on its way. */
export function PagePending() {
  const { t } = useTranslation()
  return (
    <div aria-busy aria-label={t('common.loading')} className="flex flex-col gap-6">
      <Skeleton className="h-6 w-40" />
      <SkeletonRows rows={6} className="rounded-lg border border-border bg-surface" />
    </div>
  )
}

/** The boundary of every page: a mistake of ours on one page leaves the rest of the dashboard alone. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  const again = () => {
    queries.reset()
    reset()
    void router.invalidate()
  }
  return (
    <ErrorState
      error={error}
      onRetry={again}
      title={error instanceof ApiError ? t('problems.title') : t('problems.bugTitle')}
    />
  )
}

/** Before anything can be shown: the server is away. */
export function StartError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  const router = useRouter()
  const isAway = error instanceof ApiError && error.status === 0
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <ErrorState
        error={error}
        title={isAway ? t('problems.unreachableTitle') : t('shell.startFailed')}
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </main>
  )
}

export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={SearchX}
      title={t('problems.notFoundTitle')}
      action={
        <>
          <Button onClick={() => history.back()}>{t('common.back')}</Button>
          <ButtonLink to="/" variant="primary">
            {t('problems.toOverview')}
          </ButtonLink>
        </>
      }
    >
      {t('problems.notFound')}
    </EmptyState>
  )
}
