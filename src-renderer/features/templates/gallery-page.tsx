import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { LayoutGrid, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listTemplates, templateCategories } from '#contract/templates'
import { SearchField } from '../../components/search-field.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { useCan } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { SectionLinks } from './section-links.tsx'
import { TemplateCard } from './template-card.tsx'
import { templateMatches } from './words.ts'

const route = getRouteApi('/shell/templates')
const gridStyle = 'grid gap-3 grid-cols-[repeat(auto-fill,minmax(min(100%,19rem),1fr))]'

/** What one can deploy without writing anything. */
export function GalleryPage() {
  const { t } = useTranslation()
  const { search = '', category } = route.useSearch()
  const navigate = route.useNavigate()
  const mayCreate = useCan('workloads.create')
  const templates = useQuery(queryFor(listTemplates, { query: { limit: 200 } }))

  const all = templates.data?.items ?? []
  const used = templateCategories.filter((name) => all.some((template) => template.category === name))
  const shown = all.filter(
    (template) => (category === undefined || template.category === category) && templateMatches(template, search),
  )
  const filter = (next: { search?: string | undefined; category?: typeof category | undefined }) =>
    void navigate({ search: (now) => present({ ...now, ...next }), replace: true, resetScroll: false })

  return (
    <>
      <PageHead title={t('templates.title')} state={t('templates.about')} />
      <SectionLinks />
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchField
          label={t('templates.search')}
          value={search}
          onValueChange={(next) => filter({ search: next === '' ? undefined : next })}
          className="w-full sm:w-72"
        />
        <div className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
          <Segmented
            label={t('templates.category')}
            value={category ?? 'all'}
            onValueChange={(next) => filter({ category: next === 'all' ? undefined : next })}
            options={(['all', ...used] as const).map((value) => ({ value, label: t(`templates.categories.${value}`) }))}
          />
        </div>
      </div>

      {templates.isPending ? (
        <GallerySkeleton />
      ) : templates.isError ? (
        <ErrorState error={templates.error} title={t('templates.failed')} onRetry={() => void templates.refetch()} />
      ) : all.length === 0 ? (
        <EmptyState icon={LayoutGrid} title={t('templates.empty')}>
          {t('templates.emptyHelp')}
        </EmptyState>
      ) : (
        <>
          <p role="status" className="sr-only">
            {t('templates.count', { count: shown.length })}
          </p>
          <div className={gridStyle}>
            {shown.map((template) => (
              <TemplateCard key={template.id} template={template} />
            ))}
            {mayCreate && <OwnCard />}
          </div>
          {shown.length === 0 && <p className="py-6 text-center text-muted">{t('common.noMatch', { search })}</p>}
        </>
      )}
    </>
  )
}

function OwnCard() {
  const { t } = useTranslation()
  return (
    <div className="flex min-w-0 flex-col items-start gap-3 rounded-lg border border-dashed border-field p-4">
      <div>
        <h2 className="text-lg font-semibold">{t('templates.own')}</h2>
        <p className="mt-1 text-pretty text-muted">{t('templates.ownHelp')}</p>
      </div>
      <ButtonLink to="/workloads/$workloadId" params={{ workloadId: 'new' }} className="mt-auto">
        <Plus aria-hidden size={16} />
        {t('templates.ownAction')}
      </ButtonLink>
    </div>
  )
}

function GallerySkeleton() {
  return (
    <div aria-hidden className={gridStyle}>
      {Array.from({ length: 8 }, (_, at) => (
        <div key={at} className="flex h-38 flex-col gap-3 rounded-lg border border-border bg-surface p-4">
          <div className="flex gap-3">
            <Skeleton className="size-12 rounded-lg" />
            <div className="flex-1">
              <Skeleton className="w-1/2" />
              <Skeleton className="mt-2 w-2/3" />
            </div>
          </div>
          <Skeleton className="w-full" />
          <Skeleton className="w-3/4" />
        </div>
      ))}
    </div>
  )
}
