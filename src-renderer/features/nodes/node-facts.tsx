import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { formatBytes, formatDate } from '../../lib/format.ts'
import { RelativeTime } from '../../components/relative-time.tsx'

export function NodeFacts({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const cores = node.cpu_cores !== null && t('nodes.cores', { count: node.cpu_cores })
  return (
    <Card aria-labelledby="facts">
      <CardHead id="facts" title={t('nodes.facts.title')} />
      <CardBody className="py-2">
        <dl>
          <Fact name={t('nodes.facts.address')} copy={node.address}>
            {node.address ?? <span className="text-muted">{t('nodes.facts.notSet')}</span>}
          </Fact>
          <Fact name={t('nodes.facts.ports')} isMono>
            {node.port_range.start}–{node.port_range.end}
          </Fact>
          <Fact name={t('nodes.facts.hostname')}>{node.hostname}</Fact>
          <Fact name={t('nodes.facts.os')}>{node.os}</Fact>
          <Fact name={t('nodes.facts.kernel')} isMono>
            {node.kernel}
          </Fact>
          <Fact name={t('nodes.facts.processor')}>{[cores, node.arch].filter(Boolean).join(' · ')}</Fact>
          <Fact name={t('nodes.facts.memory')}>
            {node.memory_total_bytes !== null && formatBytes(node.memory_total_bytes)}
          </Fact>
          <Fact name={t('nodes.facts.disk')}>
            {node.disk_total_bytes !== null && formatBytes(node.disk_total_bytes)}
          </Fact>
          <Fact name={t('nodes.facts.engine')}>
            {node.engine_version ? t('nodes.docker', { version: node.engine_version }) : t('nodes.noEngine')}
          </Fact>
          <Fact name={t('nodes.facts.agent')} isMono>
            {node.agent_version}
          </Fact>
          <Fact name={t('nodes.facts.lastSeen')}>{node.last_seen_at && <RelativeTime at={node.last_seen_at} />}</Fact>
          <Fact name={t('nodes.facts.joined')}>{formatDate(node.created_at)}</Fact>
          <Fact name={t('nodes.facts.id')} isMono copy={node.id}>
            {node.id}
          </Fact>
        </dl>
      </CardBody>
    </Card>
  )
}

function Fact({
  name,
  copy,
  isMono = false,
  children,
}: {
  name: string
  copy?: string | null
  isMono?: boolean
  children: ReactNode
}) {
  return (
    <div className="grid min-h-8 grid-cols-[8.5rem_minmax(0,1fr)] items-baseline gap-3 py-1.5">
      <dt className="text-muted">{name}</dt>
      <dd className={`flex min-w-0 items-center gap-1 ${isMono ? 'font-mono text-sm' : ''}`}>
        <span className={`min-w-0 select-all ${copy ? 'truncate' : 'break-words'}`} title={copy ?? undefined}>
          {children || '–'}
        </span>
        {copy && <CopyButton text={copy} className="-my-1.5" />}
      </dd>
    </div>
  )
}
