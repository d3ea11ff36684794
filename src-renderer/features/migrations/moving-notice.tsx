import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Truck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listMigrations } from '#contract/migrations'
import { queryFor } from '../../lib/query.ts'
import { MigrationProgress } from './migration-state.tsx'

/** Above a server that is on its way, or is copied while it still runs: where to, and how far. */
export function MovingNotice({ instanceId, isRunning }: { instanceId: string; isRunning: boolean }) {
  const { t } = useTranslation()
  const query = { instance_id: instanceId, state: 'running' as const, limit: 1 }
  const moves = useQuery({
    ...queryFor(listMigrations, { query }),
    refetchInterval: ({ state: { data } }) => (data?.items.length ? 1_500 : false),
  })
  const migration = moves.data?.items[0]
  if (!migration) return null
  const { source_node_name: from, target_node_name: to } = migration
  return (
    <div role="status" className="mb-4 flex flex-col gap-1 rounded-md border border-border bg-busy-soft px-3 py-2">
      <span className="flex items-start gap-3">
        <Truck aria-hidden size={16} className="mt-0.5 shrink-0 text-busy" />
        <span className="min-w-0 flex-1 text-pretty">
          {t(isRunning ? 'migrations.notice.copying' : 'migrations.notice.moving', { from, to })}
        </span>
        <Link
          to="/moves"
          search={{ instance_id: instanceId }}
          className="shrink-0 rounded-sm text-accent hover:underline"
        >
          {t('migrations.notice.show')}
        </Link>
      </span>
      <MigrationProgress migration={migration} />
    </div>
  )
}
