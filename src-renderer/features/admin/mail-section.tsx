import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMailSettings, testMail, updateMailSettings } from '#contract/mail'
import type { Output } from '#contract/operation'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Select } from '../../components/ui/select.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { call } from '../../lib/api.ts'
import { useMe } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { Loaded } from './loaded.tsx'
import { SettingsCard } from './settings-card.tsx'
import { useSettingsForm } from './use-settings-form.ts'
import { WaitingLinks } from './waiting-links.tsx'

type Saved = Output<typeof getMailSettings>
const ports = { tls: 465, starttls: 587, none: 25 } as const

/** Which server carries our mails, whether it does, and what could not be mailed. */
export function MailSection() {
  const mail = useQuery(queryFor(getMailSettings, {}))
  return (
    <Loaded query={mail}>
      {(data) => (
        <div className="flex max-w-form flex-col gap-4">
          <ServerCard saved={data} />
          <TestCard saved={data} />
          <WaitingLinks />
        </div>
      )}
    </Loaded>
  )
}

function ServerCard({ saved }: { saved: Saved }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { enabled, host, port, security, username, from } = saved
  const form = useSettingsForm({ enabled, host, port, security, username, from, password: '' }, async (body) =>
    client.setQueryData(queryFor(getMailSettings, {}).queryKey, await call(updateMailSettings, { body })),
  )
  const { values, set } = form
  return (
    <SettingsCard id="mail" title={t('adminSettings.mail.server')} form={form}>
      <Checkbox
        checked={values.enabled}
        onCheckedChange={(checked) => set({ enabled: checked })}
        label={t('adminSettings.mail.enabled')}
        help={t('adminSettings.mail.enabledHelp')}
      />
      <div className="grid gap-5 sm:grid-cols-[minmax(0,1fr)_8rem]">
        <Field label={t('adminSettings.mail.host')}>
          <Input
            mono
            placeholder="smtp.example.org"
            value={values.host}
            onValueChange={(next) => set({ host: next })}
          />
        </Field>
        <Field label={t('adminSettings.mail.port')}>
          <Input
            mono
            inputMode="numeric"
            value={String(values.port || '')}
            onValueChange={(next) => set({ port: Number(next.replace(/\D/g, '').slice(0, 5)) })}
          />
        </Field>
      </div>
      <Field label={t('adminSettings.mail.security')} help={t(`adminSettings.mail.securityHelp.${values.security}`)}>
        <Select
          value={values.security}
          onValueChange={(next) => set({ security: next, port: ports[next] })}
          options={(['tls', 'starttls', 'none'] as const).map((value) => ({
            value,
            label: t(`adminSettings.mail.kind.${value}`),
          }))}
        />
      </Field>
      <Field label={t('adminSettings.mail.username')} note={t('common.optional')}>
        <Input mono value={values.username} onValueChange={(next) => set({ username: next })} />
      </Field>
      <Field
        label={t('adminSettings.mail.password')}
        help={t(saved.has_password ? 'admin.secretKept' : 'admin.secretNone')}
      >
        <Input
          type="password"
          autoComplete="new-password"
          value={values.password}
          onValueChange={(next) => set({ password: next })}
        />
      </Field>
      <Field label={t('adminSettings.mail.from')} help={t('adminSettings.mail.fromHelp')}>
        <Input
          placeholder="Shardlyn <shardlyn@example.org>"
          value={values.from}
          onValueChange={(next) => set({ from: next })}
        />
      </Field>
    </SettingsCard>
  )
}

function TestCard({ saved }: { saved: Saved }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const [typed, setTo] = useState<string>()
  const to = typed ?? me?.email ?? ''
  const test = useMutation({
    mutationFn: () => call(testMail, { body: { to: to.trim() } }, { timeoutMs: 60_000 }),
    onSettled: () => client.invalidateQueries({ queryKey: [getMailSettings.schema.operationId] }),
  })
  return (
    <Card aria-labelledby="test">
      <CardHead id="test" title={t('adminSettings.mail.test')} />
      <CardBody className="flex flex-col gap-3">
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (!test.isPending) test.mutate()
          }}
        >
          <Field label={t('adminSettings.mail.to')} className="min-w-56 flex-1">
            <Input type="email" value={to} onValueChange={setTo} />
          </Field>
          <Button type="submit" disabled={!saved.enabled || to.trim() === ''} pending={test.isPending}>
            {t('adminSettings.mail.send')}
          </Button>
        </form>
        <div role="status">
          {test.data && (
            <StatusDot tone={test.data.accepted ? 'running' : 'error'} className="items-start">
              <span className="break-words whitespace-normal">
                {t(test.data.accepted ? 'adminSettings.mail.accepted' : 'adminSettings.mail.refused', {
                  answer: test.data.answer,
                })}
              </span>
            </StatusDot>
          )}
          {test.error && <p className="text-error">{problemText(test.error)}</p>}
        </div>
        {saved.last_error !== null && saved.last_error_at !== null && (
          <p className="text-sm text-error">
            {t('adminSettings.mail.lastError', { error: saved.last_error })} <RelativeTime at={saved.last_error_at} />
          </p>
        )}
        {saved.last_sent_at !== null && (
          <p className="text-sm text-muted">
            {t('adminSettings.mail.lastSent')} <RelativeTime at={saved.last_sent_at} />
          </p>
        )}
      </CardBody>
    </Card>
  )
}
