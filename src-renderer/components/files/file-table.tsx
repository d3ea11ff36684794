import { CornerDownRight, Download, File, FileQuestion, Folder } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../lib/format.ts'
import { RelativeTime } from '../relative-time.tsx'
import type { Column } from '../ui/column.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Table } from '../ui/table.tsx'
import type { FileEntry } from './file-source.ts'
import { shownName } from './paths.ts'

type Props = {
  items: readonly FileEntry[]
  onOpen: (entry: FileEntry) => void
  onDownload: (entry: FileEntry) => void
}

const icons = { directory: Folder, file: File, link: CornerDownRight, other: FileQuestion }
const keyOf = (entry: FileEntry) => entry.path
/** Folders stay together, before what is in them. */
const nameOrder = ({ type, name }: FileEntry) => `${type === 'directory' ? 0 : 1}${name.toLowerCase()}`

export function FileTable({ items, onOpen, onDownload }: Props) {
  const { t } = useTranslation()
  const columns = useMemo(
    (): Column<FileEntry>[] => [
      {
        id: 'name',
        header: t('files.column.name'),
        sortBy: nameOrder,
        cell: (entry) => {
          const Icon = icons[entry.type]
          return (
            <span className="flex min-w-0 items-center gap-2">
              <Icon
                aria-label={t(`files.type.${entry.type}`)}
                size={16}
                className={entry.type === 'directory' ? 'shrink-0 text-accent' : 'shrink-0 text-muted'}
              />
              <span className="truncate font-medium" title={shownName(entry.name)}>
                {shownName(entry.name)}
              </span>
              {entry.target !== null && (
                <span className="truncate font-mono text-sm text-muted" title={shownName(entry.target)}>
                  → {shownName(entry.target)}
                </span>
              )}
            </span>
          )
        },
      },
      {
        id: 'size',
        header: t('files.column.size'),
        width: 'w-24',
        align: 'right',
        sortBy: (entry) => entry.size,
        cell: (entry) => (entry.type === 'file' ? formatBytes(entry.size) : <span className="text-muted">–</span>),
      },
      {
        id: 'modified',
        header: t('files.column.modified'),
        width: 'w-36',
        from: 'sm',
        sortBy: (entry) => entry.modified_at,
        cell: (entry) => <RelativeTime at={entry.modified_at} className="text-muted" />,
      },
      {
        id: 'owner',
        header: t('files.column.owner'),
        width: 'w-32',
        from: 'md',
        sortBy: (entry) => entry.owner,
        cell: (entry) => (
          <span className="text-muted">
            {shownName(entry.owner)}
            {entry.group !== entry.owner && `:${shownName(entry.group)}`}
          </span>
        ),
      },
      {
        id: 'mode',
        header: t('files.column.mode'),
        width: 'w-20',
        from: 'md',
        sortBy: (entry) => entry.mode,
        cell: (entry) => <span className="font-mono text-sm text-muted">{entry.mode}</span>,
      },
      {
        id: 'download',
        header: t('files.download'),
        width: 'w-24',
        from: 'sm',
        align: 'right',
        canHide: false,
        cell: (entry) =>
          entry.type === 'file' && (
            <IconButton
              icon={Download}
              size="sm"
              tabIndex={-1}
              label={t('files.downloadNamed', { name: shownName(entry.name) })}
              onClick={() => onDownload(entry)}
            />
          ),
      },
    ],
    [t, onDownload],
  )
  return <Table name="files" label={t('files.title')} rows={items} columns={columns} rowKey={keyOf} onOpen={onOpen} />
}
