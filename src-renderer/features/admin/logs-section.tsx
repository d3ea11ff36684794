import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getLogSettings, updateLogSettings } from '#contract/admin'
import type { Output } from '#contract/operation'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Select } from '../../components/ui/select.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { Textarea } from '../../components/ui/textarea.tsx'
import { call } from '../../lib/api.ts'
import { formatNumber } from '../../lib/format.ts'
import { queryFor } from '../../lib/query.ts'
import { Loaded } from './loaded.tsx'
import { SettingsCard } from './settings-card.tsx'
import { useSettingsForm } from './use-settings-form.ts'

type Saved = Output<typeof getLogSettings>
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
const numberOf = (text: string) => Number(text.replace(/\D/g, '').slice(0, 5))

/** How much the server says, how long the audit log is kept, and where both go besides. */
export function LogsSection() {
  const logs = useQuery({ ...queryFor(getLogSettings, {}), refetchInterval: 10_000 })
  return (
    <Loaded query={logs}>
      {(data) => (
        <div className="flex max-w-form flex-col gap-4">
          <LogCard saved={data} />
          <SyslogCard saved={data} />
        </div>
      )}
    </Loaded>
  )
}

function useKeep() {
  const client = useQueryClient()
  return (saved: Saved) => client.setQueryData(queryFor(getLogSettings, {}).queryKey, saved)
}

function LogCard({ saved: { level, audit_retention_days } }: { saved: Saved }) {
  const { t } = useTranslation()
  const keep = useKeep()
  const form = useSettingsForm({ level, audit_retention_days }, async (body) =>
    keep(await call(updateLogSettings, { body })),
  )
  const { values, set } = form
  return (
    <SettingsCard id="log" title={t('adminSettings.logs.title')} form={form} isValid={values.audit_retention_days > 0}>
      <Field label={t('adminSettings.logs.level')} help={t('adminSettings.logs.levelHelp')}>
        <Select
          value={values.level}
          onValueChange={(next) => set({ level: next })}
          options={levels.map((value) => ({ value, label: value }))}
        />
      </Field>
      <Field label={t('adminSettings.logs.retention')} help={t('adminSettings.logs.retentionHelp')}>
        <Input
          mono
          inputMode="numeric"
          className="w-28"
          value={String(values.audit_retention_days || '')}
          onValueChange={(next) => set({ audit_retention_days: numberOf(next) })}
        />
      </Field>
    </SettingsCard>
  )
}

function SyslogCard({ saved: { syslog, syslog_state: state } }: { saved: Saved }) {
  const { t } = useTranslation()
  const keep = useKeep()
  const form = useSettingsForm(syslog, async (changes) =>
    keep(await call(updateLogSettings, { body: { syslog: changes } })),
  )
  const { values, set } = form
  return (
    <SettingsCard
      id="syslog"
      title={t('adminSettings.logs.syslog')}
      form={form}
      isValid={!values.enabled || (values.host.trim() !== '' && values.port > 0)}
      extra={
        syslog.enabled && (
          <StatusDot tone={state.last_error === null ? 'running' : 'error'}>
            {state.last_error ??
              t('adminSettings.logs.sent', { sent: formatNumber(state.sent), dropped: formatNumber(state.dropped) })}
          </StatusDot>
        )
      }
    >
      <Checkbox
        checked={values.enabled}
        onCheckedChange={(enabled) => set({ enabled })}
        label={t('adminSettings.logs.syslogOn')}
        help={t('adminSettings.logs.syslogHelp')}
      />
      <div className="grid gap-5 sm:grid-cols-[minmax(0,1fr)_8rem]">
        <Field label={t('adminSettings.logs.host')}>
          <Input mono value={values.host} onValueChange={(host) => set({ host })} />
        </Field>
        <Field label={t('adminSettings.logs.port')}>
          <Input
            mono
            inputMode="numeric"
            value={String(values.port || '')}
            onValueChange={(next) => set({ port: numberOf(next) })}
          />
        </Field>
      </div>
      <Field label={t('adminSettings.logs.protocol')}>
        <Select
          value={values.protocol}
          onValueChange={(protocol) => set({ protocol })}
          options={(['udp', 'tcp', 'tls'] as const).map((value) => ({ value, label: value.toUpperCase() }))}
        />
      </Field>
      {values.protocol === 'tls' && (
        <Field label={t('adminSettings.logs.ca')} note={t('common.optional')} help={t('adminSettings.logs.caHelp')}>
          <Textarea mono rows={4} value={values.ca} onValueChange={(ca) => set({ ca })} />
        </Field>
      )}
      <Field label={t('adminSettings.logs.content')}>
        <Select
          value={values.content}
          onValueChange={(content) => set({ content })}
          options={(['audit', 'all'] as const).map((value) => ({
            value,
            label: t(`adminSettings.logs.what.${value}`),
          }))}
        />
      </Field>
    </SettingsCard>
  )
}
