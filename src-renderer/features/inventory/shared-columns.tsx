import type { TFunction } from 'i18next'
import type { Column } from '../../components/ui/column.ts'
import { ServerLink } from './server-link.tsx'

type OfServer = { instance_id: string | null }
type Names = ReadonlyMap<string, string>

type NameCellProps = { name: string; detail: string; instanceId: string | null; names: Names }

/** What it is called over what it is; where there is no room for a column of servers, its server too. */
export function NameCell({ name, detail, instanceId, names }: NameCellProps) {
  return (
    <div className="min-w-0 py-1">
      <span className="block truncate font-medium">{name}</span>
      <span className="block truncate font-mono text-xs text-muted" title={detail}>
        {detail}
      </span>
      {instanceId && (
        <span className="block truncate text-sm lg:hidden">
          <ServerLink id={instanceId} names={names} />
        </span>
      )}
    </div>
  )
}

/** The server that a process or a container belongs to. */
export const serverColumn = <T extends OfServer>(t: TFunction, names: Names): Column<T> => ({
  id: 'server',
  header: t('inventory.processes.server'),
  width: 'w-36',
  from: 'lg',
  sortBy: ({ instance_id: id }) => id && (names.get(id) ?? ''),
  cell: ({ instance_id: id }) => id && <ServerLink id={id} names={names} />,
})
