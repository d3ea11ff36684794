import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { FolderLock, PlugZap } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { FileBrowser } from '../../components/files/file-browser.tsx'
import { Card } from '../../components/ui/card.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { useCan } from '../../lib/me.ts'
import { machineFiles } from './machine-files.ts'
import { isAway } from '../../lib/away.ts'

const route = getRouteApi('/shell/machines/$nodeId')
const EXAMPLE = '{ "host_files": { "paths": ["/srv"], "writable": true } }'

/** The files of a machine, where its owner allows it. */
export function HostFilesTab({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { path, file } = route.useSearch()
  const mayWrite = useCan('nodes.files.write')
  const { host_files: allowed } = node.features
  const isWritable = mayWrite && (allowed?.is_writable ?? false)
  const paths = allowed?.paths.join('\0')
  const source = useMemo(
    () => machineFiles(node.id, paths === undefined ? [] : paths.split('\0'), isWritable),
    [node.id, paths, isWritable],
  )
  if (!allowed) {
    return (
      <Card>
        <EmptyState icon={FolderLock} title={t('files.offTitle')}>
          {t('files.off')}
        </EmptyState>
        <div className="mx-auto flex max-w-130 items-center gap-2 px-4 pb-8">
          <code className="min-w-0 flex-1 rounded-md border border-border bg-sunken px-3 py-2 font-mono text-sm break-all select-all">
            {EXAMPLE}
          </code>
          <CopyButton text={EXAMPLE} label={t('files.copyExample')} />
        </div>
      </Card>
    )
  }
  return (
    <FileBrowser
      source={source}
      place={{ path, file }}
      away={
        isAway(node) && (
          <EmptyState icon={PlugZap} title={t('files.awayTitle', { name: node.name })}>
            {t('files.away')}
          </EmptyState>
        )
      }
      onGo={(place) =>
        void navigate({
          to: '/machines/$nodeId',
          params: { nodeId: node.id },
          search: {
            tab: 'files',
            ...(place.path !== undefined && { path: place.path }),
            ...(place.file !== undefined && { file: place.file }),
          },
        })
      }
    />
  )
}
