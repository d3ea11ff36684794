import { useQuery } from '@tanstack/react-query'
import { HardDrive } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { getInventoryDisks } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { Badge } from '../../components/ui/badge.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Meter } from '../../components/ui/meter.tsx'
import { formatBytes } from '../../lib/format.ts'
import { isAway } from '../../lib/away.ts'
import { queryFor } from '../../lib/query.ts'
import { ReadAt, Reading, SLOW_MS } from './reading.tsx'

export function DisksSection({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const away = isAway(node)
  const query = useQuery({
    ...queryFor(getInventoryDisks, { params: { id: node.id } }),
    enabled: !away,
    refetchInterval: SLOW_MS,
  })
  return (
    <Reading node={node} query={query}>
      {({ at, disks }) => (
        <Card aria-labelledby="disks">
          <CardHead id="disks" title={t('inventory.sections.disks')} action={<ReadAt at={at} isStale={away} />} />
          {disks.length === 0 && (
            <EmptyState icon={HardDrive} title={t('inventory.disks.none')}>
              {t('inventory.disks.noneHelp')}
            </EmptyState>
          )}
          <ul>
            {disks.map((disk) => (
              <li key={disk.mount_point} className="border-b border-border px-4 py-3 last:border-0">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
                  <span className="min-w-0 font-mono break-all select-text">{disk.mount_point}</span>
                  <span className="text-sm text-muted tabular">
                    {t('inventory.disks.free', { bytes: formatBytes(disk.available_bytes) })}
                  </span>
                </div>
                <Meter
                  className="my-1.5"
                  label={disk.mount_point}
                  value={disk.used_bytes}
                  max={disk.used_bytes + disk.available_bytes}
                  text={t('inventory.system.ofAll', {
                    used: formatBytes(disk.used_bytes),
                    all: formatBytes(disk.total_bytes),
                  })}
                />
                <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
                  <span className="min-w-0 break-all">
                    {[disk.device, disk.file_system].filter(Boolean).join(' · ')}
                  </span>
                  {disk.is_read_only && <Badge tone="outline">{t('inventory.disks.readOnly')}</Badge>}
                </div>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Reading>
  )
}
