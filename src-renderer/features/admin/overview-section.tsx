import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type AdminMetrics, getAdminMetrics } from '#contract/admin'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { formatBytes, formatDuration, formatNumber, formatPercent } from '../../lib/format.ts'
import { queryFor } from '../../lib/query.ts'
import { Fact, Figure } from './fact.tsx'
import { Loaded } from './loaded.tsx'

/** What an operator looks at first. Asked for again every ten seconds while it is in sight. */
export function OverviewSection() {
  const metrics = useQuery({ ...queryFor(getAdminMetrics, {}), refetchInterval: 10_000 })
  return (
    <Loaded query={metrics}>
      {(data) => (
        <div className="flex flex-col gap-4">
          <Warnings data={data} />
          <Figures data={data} />
          <div className="grid items-start gap-4 md:grid-cols-2">
            <Requests data={data} />
            <Machine data={data} />
          </div>
        </div>
      )}
    </Loaded>
  )
}

type Props = { data: AdminMetrics }

function Warnings({ data: { jobs_failing: failing, last_backup: backup } }: Props) {
  const { t } = useTranslation()
  const lines = [
    ...failing.map(({ name, error }) => ({ key: name, text: t('admin.overview.jobFailing', { name, error }) })),
    ...(backup?.state === 'failed'
      ? [{ key: 'backup', text: t('admin.overview.backupFailed', { error: backup.error ?? '' }) }]
      : []),
  ]
  if (lines.length === 0) return null
  return (
    <ul className="flex flex-col gap-1 rounded-lg border border-border bg-error-soft px-4 py-3 text-error">
      {lines.map(({ key, text }) => (
        <li key={key} className="flex items-start gap-2">
          <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words">{text}</span>
        </li>
      ))}
    </ul>
  )
}

function Figures({ data }: Props) {
  const { t } = useTranslation()
  const running = data.instances['running'] ?? 0
  const servers = Object.values(data.instances).reduce((sum, count) => sum + count, 0)
  const machines = data.nodes.healthy + data.nodes.unhealthy + data.nodes.offline
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-4">
      <Figure
        label={t('admin.overview.users')}
        value={formatNumber(data.users.total)}
        note={t('admin.overview.usersNote', { active: data.users.active_24h, mfa: data.users.with_mfa })}
      />
      <Figure
        label={t('admin.overview.organizations')}
        value={formatNumber(data.organizations)}
        note={t('admin.overview.sessions', { count: data.sessions })}
      />
      <Figure
        label={t('admin.overview.machines')}
        value={`${formatNumber(data.nodes.healthy)} / ${formatNumber(machines)}`}
        note={t('admin.overview.machinesNote')}
      />
      <Figure
        label={t('admin.overview.servers')}
        value={`${formatNumber(running)} / ${formatNumber(servers)}`}
        note={t('admin.overview.serversNote')}
      />
    </div>
  )
}

function Requests({ data: { requests, sockets, sign_ins: signIns, api_tokens: tokens } }: Props) {
  const { t } = useTranslation()
  const ms = (value: number | null) => (value === null ? '–' : `${formatNumber(value, value < 10 ? 1 : 0)}\u00a0ms`)
  return (
    <Card aria-labelledby="requests">
      <CardHead id="requests" title={t('admin.overview.requests')} />
      <CardBody className="py-2">
        <dl>
          <Fact label={t('admin.overview.perSecond')}>{formatNumber(requests.per_second, 1)}</Fact>
          <Fact label={t('admin.overview.latency')}>
            {ms(requests.p50_ms)} · {ms(requests.p95_ms)} · {ms(requests.p99_ms)}
          </Fact>
          <Fact label={t('admin.overview.errors')}>
            {formatNumber(requests.errors)} / {formatNumber(requests.total)}
          </Fact>
          <Fact label={t('admin.overview.sockets')}>{formatNumber(sockets)}</Fact>
          <Fact label={t('admin.overview.signIns')}>
            {t('admin.overview.signInsNote', { done: signIns.done_24h, refused: signIns.refused_24h })}
          </Fact>
          <Fact label={t('admin.overview.tokens')}>{formatNumber(tokens)}</Fact>
        </dl>
      </CardBody>
    </Card>
  )
}

function Machine({ data }: Props) {
  const { t } = useTranslation()
  const { process, storage, last_backup: backup } = data
  return (
    <Card aria-labelledby="process">
      <CardHead id="process" title={t('admin.overview.process')} />
      <CardBody className="py-2">
        <dl>
          <Fact label={t('admin.overview.version')}>
            {data.version} · Node {data.node_version}
          </Fact>
          <Fact label={t('admin.overview.uptime')}>{formatDuration(data.uptime_seconds)}</Fact>
          <Fact label={t('admin.overview.memory')}>{formatBytes(process.rss_bytes)}</Fact>
          <Fact label={t('admin.overview.cpu')}>
            {formatPercent(process.cpu_percent)} ·{' '}
            {t('admin.overview.loop', { ms: formatNumber(process.event_loop_p99_ms, 1) })}
          </Fact>
          <Fact label={t('admin.overview.storage')}>
            {formatBytes(storage.database_bytes)} + {formatBytes(storage.metrics_bytes)}
          </Fact>
          <Fact label={t('admin.overview.free')}>
            {storage.free_bytes === null ? '–' : formatBytes(storage.free_bytes)}
          </Fact>
          <Fact label={t('admin.overview.backup')}>
            <Link to="/admin" search={{ section: 'backup' }} className="rounded-sm hover:underline">
              {backup === null ? (
                t('common.never')
              ) : (
                <StatusDot tone={backup.state === 'done' ? 'running' : backup.state === 'running' ? 'busy' : 'error'}>
                  <RelativeTime at={backup.at} />
                </StatusDot>
              )}
            </Link>
          </Fact>
        </dl>
      </CardBody>
    </Card>
  )
}
