import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { SshCertificate } from '#contract/ssh'
import { RelativeTime } from '../../components/relative-time.tsx'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { formatDateTime } from '../../lib/format.ts'
import { CertificateState } from './certificate-state.tsx'

type Props = { rows: readonly SshCertificate[]; onOpen: (row: SshCertificate) => void }
const keyOf = ({ id }: SshCertificate) => id

export function CertificateTable({ rows, onOpen }: Props) {
  const { t } = useTranslation()
  const columns = useMemo(
    (): Column<SshCertificate>[] => [
      {
        id: 'logins',
        header: t('ssh.columns.logins'),
        sortBy: ({ principals }) => principals.join(', '),
        cell: ({ principals }) => <span className="truncate font-mono text-sm">{principals.join(', ')}</span>,
      },
      {
        id: 'machine',
        header: t('ssh.columns.machine'),
        from: 'sm',
        sortBy: ({ node_name: name }) => name,
        cell: ({ node_name: name }) => (
          <span className={name === null ? 'truncate text-muted' : 'truncate'}>{name ?? t('ssh.allMachines')}</span>
        ),
      },
      {
        id: 'person',
        header: t('ssh.columns.person'),
        from: 'md',
        sortBy: ({ email }) => email,
        cell: ({ email, purpose }) => (
          <span className="flex min-w-0 items-baseline gap-2">
            <span className="truncate">{email}</span>
            {purpose === 'browser' && <span className="truncate text-sm text-muted">{t('ssh.browser')}</span>}
          </span>
        ),
      },
      {
        id: 'state',
        header: t('ssh.columns.state'),
        width: 'w-28',
        sortBy: ({ state }) => state,
        cell: (row) => <CertificateState certificate={row} />,
      },
      {
        id: 'until',
        header: t('ssh.columns.until'),
        width: 'w-48',
        from: 'sm',
        sortBy: ({ valid_before: at }) => at,
        cell: ({ valid_before: at }) => <span className="tabular truncate text-muted">{formatDateTime(at)}</span>,
      },
      {
        id: 'made',
        header: t('ssh.columns.made'),
        width: 'w-32',
        from: 'lg',
        canHide: true,
        sortBy: ({ created_at: at }) => at,
        cell: ({ created_at: at }) => <RelativeTime at={at} className="text-muted" />,
      },
    ],
    [t],
  )
  return (
    <Table
      name="ssh-certificates"
      label={t('ssh.title')}
      rows={rows}
      columns={columns}
      rowKey={keyOf}
      onOpen={onOpen}
    />
  )
}
