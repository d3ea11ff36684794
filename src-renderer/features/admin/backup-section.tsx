import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { DatabaseBackup, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Output } from '#contract/operation'
import {
  createSystemBackup,
  deleteSystemBackup,
  getSystemBackupConfig,
  type SystemBackup,
  updateSystemBackupConfig,
} from '#contract/system'
import { RelativeTime } from '../../components/relative-time.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Field } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { formatBytes } from '../../lib/format.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { SettingsCard } from './settings-card.tsx'
import { useSettingsForm } from './use-settings-form.ts'

type Saved = Output<typeof getSystemBackupConfig>
const tones = { done: 'running', running: 'busy', failed: 'error' } as const

/** The control plane's own backup: what would be lost without it, and how it comes back. */
export function BackupSection() {
  const { t } = useTranslation()
  const config = useQuery({
    ...queryFor(getSystemBackupConfig, {}),
    refetchInterval: ({ state }) => (state.data?.backups.some((backup) => backup.state === 'running') ? 1_000 : 30_000),
  })
  if (config.isPending) return <Skeleton className="h-96 max-w-form" />
  if (config.isError) return <ErrorState error={config.error} title={t('admin.failed')} onRetry={() => void config.refetch()} />
  return (
    <div className="flex max-w-form flex-col gap-4">
      <BackupsCard saved={config.data} />
      <ScheduleCard saved={config.data} />
    </div>
  )
}

function BackupsCard({ saved }: { saved: Saved }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const isRunning = saved.backups.some(({ state }) => state === 'running')
  const start = useMutation({
    ...mutationFor(client, createSystemBackup, [getSystemBackupConfig]),
    onError: toastError,
  })
  return (
    <Card aria-labelledby="backups">
      <CardHead
        id="backups"
        title={t('admin.backup.title')}
        action={
          <Button size="sm" pending={isRunning || start.isPending} onClick={() => start.mutate({})}>
            {t('admin.backup.now')}
          </Button>
        }
      />
      {saved.backups.length === 0 ? (
        <EmptyState icon={DatabaseBackup} title={t('admin.backup.none')}>
          {t('admin.backup.noneHelp')}
        </EmptyState>
      ) : (
        <ul className="max-h-80 overflow-y-auto">
          {saved.backups.map((backup) => (
            <BackupRow key={backup.id} backup={backup} />
          ))}
        </ul>
      )}
      <CardBody className="border-t border-border">
        <p className="mb-2 text-muted">{t('admin.backup.restore')}</p>
        <div className="flex items-start gap-2 rounded-md bg-sunken px-3 py-2">
          <code className="min-w-0 flex-1 font-mono text-sm break-all">{saved.restore_command}</code>
          <CopyButton text={saved.restore_command} />
        </div>
      </CardBody>
    </Card>
  )
}

function BackupRow({ backup }: { backup: SystemBackup }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { id, state, path, bytes, error, started_at: at } = backup
  return (
    <li className="flex items-center gap-3 border-b border-border px-4 py-2 last:border-0">
      <StatusDot tone={tones[state]} className="w-24 shrink-0">
        {t(`admin.backup.state.${state}`)}
      </StatusDot>
      <div className="min-w-0 flex-1">
        <RelativeTime at={at} />
        <p className={error ? 'truncate text-sm text-error' : 'truncate font-mono text-sm text-muted'} title={error ?? path}>
          {error ?? path}
        </p>
      </div>
      <span className="shrink-0 text-sm tabular text-muted">{bytes === null ? '' : formatBytes(bytes)}</span>
      <AlertDialog
        trigger={<IconButton icon={Trash2} size="sm" label={t('admin.backup.delete')} disabled={state === 'running'} />}
        title={t('admin.backup.deleteTitle')}
        action={t('admin.backup.delete')}
        onConfirm={async () => {
          await call(deleteSystemBackup, { params: { id } })
          await client.invalidateQueries({ queryKey: [getSystemBackupConfig.schema.operationId] })
        }}
      >
        {t('admin.backup.deleteHelp')}
      </AlertDialog>
    </li>
  )
}

function ScheduleCard({ saved }: { saved: Saved }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { enabled, every_hours, keep, folder, include_master_key } = saved
  const form = useSettingsForm({ enabled, every_hours, keep, folder, include_master_key }, async (body) =>
    client.setQueryData(queryFor(getSystemBackupConfig, {}).queryKey, await call(updateSystemBackupConfig, { body })),
  )
  const { values, set } = form
  const number = (name: 'every_hours' | 'keep') => (
    <Input
      mono
      inputMode="numeric"
      value={String(values[name] || '')}
      onValueChange={(next) => set({ [name]: Number(next.replace(/\D/g, '').slice(0, 3)) })}
    />
  )
  return (
    <SettingsCard
      id="schedule"
      title={t('admin.backup.schedule')}
      form={form}
      isValid={values.every_hours > 0 && values.keep > 0}
      extra={
        saved.next_at !== null && (
          <span className="text-sm text-muted">
            {t('admin.backup.next')} <RelativeTime at={saved.next_at} />
          </span>
        )
      }
    >
      <Checkbox
        checked={values.enabled}
        onCheckedChange={(checked) => set({ enabled: checked })}
        label={t('admin.backup.enabled')}
      />
      <div className="grid grid-cols-2 gap-5">
        <Field label={t('admin.backup.every')}>{number('every_hours')}</Field>
        <Field label={t('admin.backup.keep')}>{number('keep')}</Field>
      </div>
      <Field label={t('admin.backup.folder')} help={t('admin.backup.folderHelp', { folder: saved.folder_in_use })}>
        <Input mono value={values.folder} onValueChange={(next) => set({ folder: next })} />
      </Field>
      <Checkbox
        checked={values.include_master_key}
        onCheckedChange={(checked) => set({ include_master_key: checked })}
        label={t('admin.backup.key')}
        help={t('admin.backup.keyHelp')}
      />
    </SettingsCard>
  )
}
