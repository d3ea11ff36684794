import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Monitor, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Output } from '#contract/operation'
import { createCaKey, listCaKeys, rotateCaKey, type SshCaKey } from '#contract/ssh'
import { RelativeTime } from '../../components/relative-time.tsx'
import { SettingRow } from '../../components/setting-row.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import type { Column } from '../../components/ui/column.ts'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Table } from '../../components/ui/table.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { formatList, formatNumber } from '../../lib/format.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { Loaded } from './loaded.tsx'

type Keys = Output<typeof listCaKeys>
type Machine = Keys['nodes'][number]
const REFRESH_MS = 5_000

/** The keys of the SSH certificate authority, and which machines trust them. */
export function SshCaSection() {
  const keys = useQuery({ ...queryFor(listCaKeys, {}), refetchInterval: REFRESH_MS })
  return (
    <Loaded query={keys}>
      {(data) => (
        <div className="flex flex-col gap-4">
          <CaKeys data={data} />
          <Machines data={data} />
        </div>
      )}
    </Loaded>
  )
}

const tones = { next: 'accent', active: 'running', retiring: 'busy', retired: 'neutral' } as const

function CaKeys({ data }: { data: Keys }) {
  const { t } = useTranslation()
  const next = data.items.find(({ state }) => state === 'next')
  const create = useMutation({
    ...mutationFor(useQueryClient(), createCaKey, [listCaKeys]),
    onSuccess: () => toast({ title: t('ssh.ca.created'), tone: 'done' }),
    onError: (error) => toast({ title: problemText(error), tone: 'failed' }),
  })
  return (
    <Card aria-labelledby="ca-keys">
      <CardHead
        id="ca-keys"
        title={t('ssh.ca.keys')}
        action={
          next ? (
            <Rotate next={next} nodes={data.nodes} />
          ) : (
            <Button variant="primary" size="sm" pending={create.isPending} onClick={() => create.mutate({})}>
              <Plus aria-hidden size={14} /> {t('ssh.ca.create')}
            </Button>
          )
        }
      />
      <p className="border-b border-border px-4 py-3 text-pretty text-muted">{t('ssh.ca.keysHelp')}</p>
      <ul>
        {data.items.map((key) => (
          <SettingRow
            key={key.id}
            icon={KeyRound}
            title={<span className="font-mono text-sm break-all">{key.fingerprint}</span>}
            badges={<Badge tone={tones[key.state]}>{t(`ssh.ca.states.${key.state}`)}</Badge>}
            action={<CopyButton text={key.public_key} label={t('ssh.ca.copy')} />}
          >
            {t('ssh.ca.certificates', { count: key.certificates_valid })} ·{' '}
            {t('ssh.ca.trusted', { trusting: formatNumber(key.nodes_trusting), count: key.nodes_total })} ·{' '}
            {t('ssh.ca.made')} <RelativeTime at={key.created_at} />
          </SettingRow>
        ))}
      </ul>
    </Card>
  )
}

function Rotate({ next, nodes }: { next: SshCaKey; nodes: readonly Machine[] }) {
  const { t } = useTranslation()
  const rotate = useMutation(mutationFor(useQueryClient(), rotateCaKey, [listCaKeys]))
  const without = next.nodes_total - next.nodes_trusting
  const names = nodes.filter((node) => node.is_managed && !node.is_current).map(({ node_name }) => node_name)
  return (
    <AlertDialog
      trigger={
        <Button variant="primary" size="sm">
          {t('ssh.ca.rotate')}
        </Button>
      }
      tone={without > 0 ? 'danger' : 'primary'}
      title={t('ssh.ca.rotateAsk')}
      action={without > 0 ? t('ssh.ca.rotateForce') : t('ssh.ca.rotate')}
      onConfirm={async () => {
        await rotate.mutateAsync({ body: without > 0 ? { force: true } : null })
        toast({ title: t('ssh.ca.rotated'), tone: 'done' })
      }}
    >
      <p>{t('ssh.ca.rotateKept')}</p>
      {without > 0 && (
        <p className="text-error">
          {t('ssh.ca.rotateBehind', { count: without, names: formatList(names.slice(0, 5)) })}
        </p>
      )}
    </AlertDialog>
  )
}

const keyOf = ({ node_id }: Machine) => node_id

function Machines({ data }: { data: Keys }) {
  const { t } = useTranslation()
  const columns = useMemo(
    (): Column<Machine>[] => [
      {
        id: 'machine',
        header: t('ssh.ca.machine'),
        sortBy: ({ node_name: name }) => name,
        cell: ({ node_name: name, problem }) => (
          <span className="flex min-w-0 flex-col py-1">
            <span className="truncate font-medium">{name}</span>
            {problem && <span className="text-sm break-words whitespace-normal text-muted">{problem}</span>}
          </span>
        ),
      },
      {
        id: 'state',
        header: t('ssh.ca.state'),
        width: 'w-36',
        sortBy: ({ is_current: isCurrent }) => Number(isCurrent),
        cell: ({ is_managed: isManaged, is_current: isCurrent }) =>
          isManaged ? (
            <Badge tone={isCurrent ? 'running' : 'busy'}>{t(isCurrent ? 'ssh.ca.current' : 'ssh.ca.behind')}</Badge>
          ) : (
            <Badge>{t('ssh.ca.unmanaged')}</Badge>
          ),
      },
      {
        id: 'krl',
        header: t('ssh.ca.krl'),
        width: 'w-24',
        from: 'sm',
        align: 'right',
        sortBy: ({ krl_version: version }) => version,
        cell: ({ krl_version: version }) => (
          <span className="tabular">{version === null ? t('ssh.ca.none') : formatNumber(version)}</span>
        ),
      },
    ],
    [t],
  )
  return (
    <Card aria-labelledby="ca-machines" className="overflow-clip">
      <CardHead id="ca-machines" title={t('ssh.ca.machines')} note={t('ssh.ca.list', { version: data.krl_version })} />
      {data.nodes.length === 0 ? (
        <EmptyState icon={Monitor} title={t('ssh.ca.noMachines')}>
          {t('ssh.ca.noMachinesHelp')}
        </EmptyState>
      ) : (
        <Table name="ssh-ca-nodes" label={t('ssh.ca.machines')} rows={data.nodes} columns={columns} rowKey={keyOf} />
      )}
    </Card>
  )
}
