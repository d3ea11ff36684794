import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getWorkload, type Workload } from '#contract/workloads'
import { Card } from '../../components/ui/card.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { takeDraft } from './draft.ts'
import { WorkloadEditor } from './workload-editor.tsx'
import { emptySource, writeSource } from './workload-source.ts'

const route = getRouteApi('/shell/workloads/$workloadId')

/** `new` as the id is the editor with an empty document, or with what was left for it. */
export function WorkloadPage() {
  const { workloadId } = route.useParams()
  return workloadId === 'new' ? <NewWorkload /> : <ExistingWorkload key={workloadId} id={workloadId} />
}

function Back() {
  const { t } = useTranslation()
  return (
    <Link to="/workloads" className="rounded-sm hover:text-text hover:underline">
      {t('workloads.title')}
    </Link>
  )
}

function NewWorkload() {
  const [source] = useState(() => takeDraft() ?? emptySource('docker'))
  return <WorkloadEditor workload={undefined} source={source} back={<Back />} />
}

function ExistingWorkload({ id }: { id: string }) {
  const { t } = useTranslation()
  const workload = useQuery(queryFor(getWorkload, { params: { id } }))
  if (workload.data) return <LoadedWorkload workload={workload.data} />
  if (workload.isError) {
    return (
      <>
        <PageHead title={t('workloads.title')} back={<Back />} />
        <Card>
          <ErrorState
            error={workload.error}
            title={t('workloads.editor.loadFailed')}
            onRetry={() => void workload.refetch()}
          />
        </Card>
      </>
    )
  }
  return (
    <div role="status" aria-label={t('common.loading')}>
      <PageHead title={t('workloads.title')} back={<Back />} state={<Skeleton className="w-24" />} />
      <SkeletonRows rows={10} className="mt-12 rounded-lg border border-border bg-surface" />
    </div>
  )
}

function LoadedWorkload({ workload }: { workload: Workload }) {
  const source = useMemo(() => writeSource(workload.document), [workload.document])
  return <WorkloadEditor workload={workload} source={source} back={<Back />} />
}
