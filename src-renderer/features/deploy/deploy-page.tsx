import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Rocket } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listInstances } from '#contract/instances'
import { listNodes } from '#contract/nodes'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { DeployForm } from './deploy-form-view.tsx'
import { useDeploySource } from './use-deploy-source.ts'

const route = getRouteApi('/shell/deploy')

/** One page from "what" to "running". */
export function DeployPage() {
  const { t } = useTranslation()
  const wanted = route.useSearch()
  const { source, isPending, error, retry } = useDeploySource(wanted)
  const nodes = useQuery(queryFor(listNodes, { query: { limit: 200 } }))
  const instances = useQuery(queryFor(listInstances, { query: { limit: 200 } }))

  const back = (
    <Link to="/templates" className="rounded-sm hover:text-text hover:underline">
      {t('deploy.back')}
    </Link>
  )
  const failure = error ?? nodes.error ?? instances.error
  if (source && nodes.data && instances.data) {
    return (
      <DeployForm
        key={`${wanted.template} ${wanted.workload}`}
        source={source}
        nodes={nodes.data.items}
        wantedNode={wanted.node}
        takenNames={instances.data.items.map(({ name }) => name)}
        back={back}
      />
    )
  }
  if (failure) {
    return (
      <>
        <PageHead title={t('deploy.submit')} back={back} />
        <Card>
          <ErrorState error={failure} title={t('deploy.loadFailed')} onRetry={retry} />
        </Card>
      </>
    )
  }
  if (isPending || (source && (nodes.isPending || instances.isPending))) return <DeploySkeleton />
  return (
    <EmptyState
      icon={Rocket}
      title={wanted.template || wanted.workload ? t('deploy.goneTitle') : t('deploy.nothing')}
      action={
        <ButtonLink to="/templates" variant="primary">
          {t('workloads.emptyAction')}
        </ButtonLink>
      }
    >
      {t('deploy.nothingHelp')}
    </EmptyState>
  )
}

function DeploySkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('common.loading')} className="flex flex-col gap-4">
      <Skeleton className="h-12 w-60" />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,40rem)_minmax(16rem,1fr)]">
        <Card className="flex h-96 flex-col gap-6 p-4">
          {Array.from({ length: 5 }, (_, at) => (
            <div key={at} className="flex flex-col gap-2">
              <Skeleton className="w-24" />
              <Skeleton className="h-8" />
            </div>
          ))}
        </Card>
        <Card className="h-60 max-w-88" />
      </div>
    </div>
  )
}
