import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Segmented } from '../../components/ui/segmented.tsx'
import { DisksSection } from './disks-section.tsx'
import { NetworkSection } from './network-section.tsx'
import { ProcessesSection } from './processes-section.tsx'
import { SystemSection } from './system-section.tsx'
import { UsersSection } from './users-section.tsx'

const route = getRouteApi('/shell/machines/$nodeId')
const sections = {
  processes: ProcessesSection,
  system: SystemSection,
  network: NetworkSection,
  disks: DisksSection,
  users: UsersSection,
}

/** What a machine is and what goes on there, a section at a time, so that only what is looked at is read. */
export function InventoryTab({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { section = 'processes' } = route.useSearch()
  const Section = sections[section]
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="-mx-1 overflow-x-auto px-1 py-0.5">
        <Segmented
          label={t('inventory.sections.label')}
          value={section}
          onValueChange={(next) =>
            void navigate({
              to: '/machines/$nodeId',
              params: { nodeId: node.id },
              search: { tab: 'inventory', ...(next !== 'processes' && { section: next }) },
              replace: true,
            })
          }
          options={[
            { value: 'processes', label: t('inventory.sections.processes') },
            { value: 'system', label: t('inventory.sections.system') },
            { value: 'network', label: t('inventory.sections.network') },
            { value: 'disks', label: t('inventory.sections.disks') },
            { value: 'users', label: t('inventory.sections.users') },
          ]}
        />
      </div>
      <Section node={node} />
    </div>
  )
}
