import type { ReactNode } from 'react'
import type { TFunction } from 'i18next'
import type { FleetNode } from '#contract/nodes'
import type { Permission } from '#contract/permissions'
import type { Tab } from '../../components/ui/tabs.tsx'
import { HostFilesTab } from '../host-files/host-files-tab.tsx'
import { ContainersTab } from '../inventory/containers-tab.tsx'
import { InventoryTab } from '../inventory/inventory-tab.tsx'
import { readShell } from '../ssh/kept-shell.ts'
import { SshTab } from '../ssh/ssh-tab.tsx'
import { NodeTerminal } from '../terminal/node-terminal.tsx'
import { readTerminals } from '../terminal/open-terminals.ts'
import { RecordTerminals } from '../terminal/record-terminals.tsx'
import { NoRight } from './no-right.tsx'
import { NodeOverview } from './node-overview.tsx'
import { NodeServers } from './node-servers.tsx'
import { NodeSettings } from './node-settings.tsx'
import { type NodeTab, nodeTabs } from './tab-names.ts'

const needs: Partial<Record<NodeTab, Permission>> = {
  ssh: 'nodes.ssh.login',
  inventory: 'nodes.inventory',
  containers: 'nodes.inventory',
  files: 'nodes.files.read',
}

/** Not offered to those who lack the right to it; who comes by a link is told so. */
export function tabsOf(
  node: FleetNode,
  { asked, can, t }: { asked: NodeTab; can: (right: Permission) => boolean; t: TFunction },
): Tab<NodeTab>[] {
  const panels: Record<NodeTab, () => ReactNode> = {
    overview: () => <NodeOverview node={node} />,
    servers: () => <NodeServers node={node} />,
    terminal: () => <NodeTerminal key={node.id} node={node} />,
    ssh: () => <SshTab key={node.id} node={node} />,
    inventory: () => <InventoryTab node={node} />,
    containers: () => <ContainersTab node={node} />,
    files: () => <HostFilesTab node={node} />,
    settings: () => (
      <div className="flex flex-col gap-4">
        <NodeSettings key={node.id} node={node} />
        <RecordTerminals node={node} />
      </div>
    ),
  }
  const kept: readonly NodeTab[] = [
    // What is open there goes on while one looks at something else.
    ...(readTerminals(node.id).length > 0 ? (['terminal'] as const) : []),
    ...(readShell(node.id) === undefined ? [] : (['ssh'] as const)),
  ]
  return nodeTabs.flatMap((value): Tab<NodeTab>[] => {
    const right = needs[value]
    const isOpen = right === undefined || can(right)
    if (!isOpen && value !== asked) return []
    return [
      {
        value,
        label: value === 'terminal' ? t('terminal.title') : t(`nodes.tabs.${value}`),
        panel: isOpen ? panels[value]() : <NoRight needs={right} />,
        keepMounted: isOpen && kept.includes(value),
        ...(value === 'servers' && { count: node.instance_count }),
      },
    ]
  })
}
