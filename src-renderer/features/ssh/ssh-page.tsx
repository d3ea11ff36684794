import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { KeyRound, Plus, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listNodes } from '#contract/nodes'
import { certificateStates, listCertificates } from '#contract/ssh'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Select } from '../../components/ui/select.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useCan } from '../../lib/me.ts'
import { pagesFor } from '../../lib/query.ts'
import { CertificateDetails } from './certificate-details.tsx'
import { CertificateTable } from './certificate-table.tsx'
import { GetCertificate } from './get-certificate.tsx'

const route = getRouteApi('/shell/ssh')
const ANY = 'any'

/** Certificates: one's own, and those of others to whoever sees the members. */
export function SshPage() {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const { state, node_id, whose, certificate } = route.useSearch()
  const seesAll = useCan('members.view')
  const [isAsking, setAsking] = useState(false)
  const list = useInfiniteQuery(
    pagesFor(listCertificates, {
      query: {
        limit: 100,
        ...(state && { state }),
        ...(node_id && { node_id }),
        ...(whose === 'mine' && { mine: true }),
      },
    }),
  )
  const nodes = useInfiniteQuery(pagesFor(listNodes, { query: { limit: 200 } })).data ?? []
  const change = (next: object) =>
    void navigate({ search: (before) => ({ ...before, ...next }) as never, replace: true })
  const isFiltered = state !== undefined || node_id !== undefined || whose !== undefined
  const get = (
    <Button variant="primary" onClick={() => setAsking(true)}>
      <Plus aria-hidden size={14} /> {t('ssh.get')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('ssh.title')} state={t('ssh.lead')} actions={get} />
      <div className="flex flex-wrap gap-2 pb-3">
        <Segmented
          label={t('ssh.filter.state')}
          value={state ?? ANY}
          onValueChange={(next) => change({ state: next === ANY ? undefined : next })}
          className="max-sm:w-full"
          options={[
            { value: ANY, label: t('ssh.filter.any') },
            ...certificateStates.map((value) => ({ value, label: t(`ssh.states.${value}`) })),
          ]}
        />
        {seesAll && (
          <Segmented
            label={t('ssh.filter.whose')}
            value={whose ?? 'everybody'}
            onValueChange={(next) => change({ whose: next === 'mine' ? next : undefined })}
            options={[
              { value: 'everybody', label: t('ssh.filter.everybody') },
              { value: 'mine', label: t('ssh.filter.mine') },
            ]}
          />
        )}
        <Select
          label={t('ssh.filter.machine')}
          className="w-44"
          value={node_id ?? ANY}
          onValueChange={(next) => change({ node_id: next === ANY ? undefined : next })}
          options={[
            { value: ANY, label: t('ssh.filter.all') },
            ...nodes.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </div>
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={6} className="pt-9" />
        ) : list.isError && !list.data ? (
          <ErrorState error={list.error} title={t('ssh.failed')} onRetry={() => void list.refetch()} />
        ) : list.data.length > 0 ? (
          <CertificateTable rows={list.data} onOpen={({ id }) => change({ certificate: id })} />
        ) : isFiltered ? (
          <EmptyState
            icon={SearchX}
            title={t('ssh.noneHere')}
            action={<Button onClick={() => void navigate({ search: {} })}>{t('ssh.clear')}</Button>}
          >
            {t('ssh.noneHereHelp')}
          </EmptyState>
        ) : (
          <EmptyState icon={KeyRound} title={t('ssh.none')} action={get}>
            {t('ssh.noneHelp')}
          </EmptyState>
        )}
      </Card>
      {list.hasNextPage && (
        <div className="flex justify-center pt-3">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
      {isAsking && <GetCertificate nodeId={node_id} onClose={() => setAsking(false)} />}
      {certificate && <CertificateDetails id={certificate} onClose={() => change({ certificate: undefined })} />}
    </>
  )
}
