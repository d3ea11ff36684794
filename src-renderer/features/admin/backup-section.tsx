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
import { Field } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Input } from '../../components/ui/input.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { formatBytes, formatDateTime } from '../../lib/format.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { Loaded } from './loaded.tsx'
import { SettingsCard } from './settings-card.tsx'
import { useSettingsForm } from './use-settings-form.ts'

type Saved = Output<typeof getSystemBackupConfig>
const tones = { done: 'running', running: 'busy', failed: 'error' } as const

/** The control plane's own backup: what would be lost without it, and how it comes back. */
export function BackupSection() {
  const config = useQuery({
    ...queryFor(getSystemBackupConfig, {}),
    refetchInterval: ({ state }) => (state.data?.backups.some((backup) => backup.state === 'running') ? 1_000 : 30_000),
  })
  return (
    <Loaded query={config}>
      {(data) => (
        <div className="flex max-w-form flex-col gap-4">
          <BackupsCard saved={data} />
          <ScheduleCard saved={data} />
        </div>
      )}
    </Loaded>
  )
}

function BackupsCard({ saved }: { saved: Saved }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const isRunning = saved.backups.some(({ state }) => state === 'running')
  const start = useMutation({
    ...mutationFor(client, createSystemBackup, [getSystemBackupConfig]),
    onError: (error) => void toastError(t('adminSettings.backup.startFailed'), error),
  })
  return (
    <Card aria-labelledby="backups">
      <CardHead
        id="backups"
        title={t('adminSettings.backup.title')}
        action={
          <Button size="sm" pending={isRunning || start.isPending} onClick={() => start.mutate({})}>
            {t('adminSettings.backup.now')}
          </Button>
        }
      />
      {saved.backups.length === 0 ? (
        <EmptyState icon={DatabaseBackup} title={t('adminSettings.backup.none')}>
          {t('adminSettings.backup.noneHelp')}
        </EmptyState>
      ) : (
        <ul className="max-h-80 overflow-y-auto">
          {saved.backups.map((backup) => (
            <BackupRow key={backup.id} backup={backup} />
          ))}
        </ul>
      )}
      <CardBody className="border-t border-border">
        <p className="mb-2 text-muted">{t('adminSettings.backup.restore')}</p>
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
        {t(`adminSettings.backup.state.${state}`)}
      </StatusDot>
      <div className="min-w-0 flex-1">
        <RelativeTime at={at} />
        <p
          className={error ? 'truncate text-sm text-error' : 'truncate font-mono text-sm text-muted'}
          title={error ?? path}
        >
          {error ?? path}
        </p>
      </div>
      <span className="shrink-0 text-sm tabular text-muted">{bytes === null ? '' : formatBytes(bytes)}</span>
      <AlertDialog
        trigger={
          <IconButton icon={Trash2} size="sm" label={t('adminSettings.backup.delete')} disabled={state === 'running'} />
        }
        title={t('adminSettings.backup.deleteTitle')}
        action={t('adminSettings.backup.delete')}
        onConfirm={async () => {
          await call(deleteSystemBackup, { params: { id } })
          await client.invalidateQueries({ queryKey: [getSystemBackupConfig.schema.operationId] })
        }}
      >
        {t('adminSettings.backup.deleteHelp')}
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
      title={t('adminSettings.backup.schedule')}
      form={form}
      isValid={values.every_hours > 0 && values.keep > 0}
      extra={
        saved.next_at !== null && (
          <span className="text-sm text-muted">
            {t('adminSettings.backup.next')}: {formatDateTime(saved.next_at)}
          </span>
        )
      }
    >
      <Checkbox
        checked={values.enabled}
        onCheckedChange={(checked) => set({ enabled: checked })}
        label={t('adminSettings.backup.enabled')}
      />
      <div className="grid grid-cols-2 gap-5">
        <Field label={t('adminSettings.backup.every')}>{number('every_hours')}</Field>
        <Field label={t('adminSettings.backup.keep')}>{number('keep')}</Field>
      </div>
      <Field
        label={t('adminSettings.backup.folder')}
        help={t('adminSettings.backup.folderHelp', { folder: saved.folder_in_use })}
      >
        <Input mono value={values.folder} onValueChange={(next) => set({ folder: next })} />
      </Field>
      <Checkbox
        checked={values.include_master_key}
        onCheckedChange={(checked) => set({ include_master_key: checked })}
        label={t('adminSettings.backup.key')}
        help={t('adminSettings.backup.keyHelp')}
      />
    </SettingsCard>
  )
}
