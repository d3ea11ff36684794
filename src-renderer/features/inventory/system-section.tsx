import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getInventorySystem } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Meter } from '../../components/ui/meter.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { formatBytes, formatDateTime, formatNumber } from '../../lib/format.ts'
import { isAway } from '../../lib/away.ts'
import { queryFor } from '../../lib/query.ts'
import { Fact } from './facts.tsx'
import { LIVE_MS, ReadAt, Reading } from './reading.tsx'

export function SystemSection({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const away = isAway(node)
  const query = useQuery({
    ...queryFor(getInventorySystem, { params: { id: node.id } }),
    enabled: !away,
    refetchInterval: LIVE_MS,
  })
  const ofAll = (used: number, all: number) =>
    t('inventory.system.ofAll', { used: formatBytes(used), all: formatBytes(all) })
  return (
    <Reading node={node} query={query}>
      {({ at, system }) => {
        const used = system.memory_total_bytes - system.memory_available_bytes
        return (
          <Card aria-labelledby="system">
            <CardHead id="system" title={t('inventory.sections.system')} action={<ReadAt at={at} isStale={away} />} />
            <CardBody className="py-2">
              <dl className="grid gap-x-8 lg:grid-cols-2">
                <Fact name={t('inventory.system.hostname')}>{system.hostname}</Fact>
                <Fact name={t('inventory.system.os')}>{system.os}</Fact>
                <Fact name={t('inventory.system.kernel')} isMono>
                  {system.kernel}
                </Fact>
                <Fact name={t('inventory.system.virtualization')}>
                  {system.virtualization ?? t('inventory.system.noVirtualization')}
                </Fact>
                <Fact name={t('inventory.system.processor')}>
                  {[system.cpu_model, t('nodes.cores', { count: system.cpu_cores }), system.arch]
                    .filter(Boolean)
                    .join(' · ')}
                </Fact>
                <Fact name={t('inventory.system.load')}>
                  <span className="tabular">{system.load.map((load) => formatNumber(load, 2)).join('  ')}</span>{' '}
                  <span className="text-sm text-muted">{t('inventory.system.loadOver')}</span>
                </Fact>
                <Fact name={t('inventory.system.memory')}>
                  <Meter
                    label={t('inventory.system.memory')}
                    value={used}
                    max={system.memory_total_bytes}
                    text={ofAll(used, system.memory_total_bytes)}
                  />
                </Fact>
                <Fact name={t('inventory.system.swap')}>
                  {system.swap_total_bytes === 0 ? (
                    t('inventory.system.noSwap')
                  ) : (
                    <Meter
                      label={t('inventory.system.swap')}
                      value={system.swap_used_bytes}
                      max={system.swap_total_bytes}
                      text={ofAll(system.swap_used_bytes, system.swap_total_bytes)}
                    />
                  )}
                </Fact>
                <Fact name={t('inventory.system.booted')}>
                  <RelativeTime at={system.booted_at} />{' '}
                  <span className="text-sm text-muted">{formatDateTime(system.booted_at)}</span>
                </Fact>
                <Fact name={t('inventory.system.timeZone')}>{system.time_zone}</Fact>
                <Fact name={t('inventory.system.agent')} isMono>
                  {system.agent_version}
                </Fact>
                <Fact name={t('inventory.system.engine')}>
                  {system.engine_version ? t('nodes.docker', { version: system.engine_version }) : t('nodes.noEngine')}
                </Fact>
              </dl>
            </CardBody>
          </Card>
        )
      }}
    </Reading>
  )
}
