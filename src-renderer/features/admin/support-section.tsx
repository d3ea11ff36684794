import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight, Inbox, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Output } from '#contract/operation'
import {
  deleteSupportMessage,
  getSupportSettings,
  listSupportMessages,
  type SupportMessage,
  updateSupportSettings,
} from '#contract/support'
import { RelativeTime } from '../../components/relative-time.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { call } from '../../lib/api.ts'
import { pagesFor, queryFor } from '../../lib/query.ts'
import { SettingsCard } from './settings-card.tsx'
import { useSettingsForm } from './use-settings-form.ts'

/** What people ask for help with, and where it is mailed to. */
export function SupportSection() {
  const { t } = useTranslation()
  const settings = useQuery(queryFor(getSupportSettings, {}))
  const messages = useInfiniteQuery(pagesFor(listSupportMessages, { query: {} }))
  return (
    <div className="flex flex-col gap-4">
      <Card aria-labelledby="messages">
        <CardHead id="messages" title={t('adminSettings.support.messages')} />
        {messages.isPending ? (
          <SkeletonRows rows={4} />
        ) : messages.isError ? (
          <ErrorState error={messages.error} title={t('admin.failed')} onRetry={() => void messages.refetch()} />
        ) : messages.data.length === 0 ? (
          <EmptyState icon={Inbox} title={t('adminSettings.support.none')}>
            {t('adminSettings.support.noneHelp')}
          </EmptyState>
        ) : (
          <ol>
            {messages.data.map((message) => (
              <MessageRow key={message.id} message={message} />
            ))}
          </ol>
        )}
      </Card>
      {messages.hasNextPage && (
        <Button
          className="self-center"
          pending={messages.isFetchingNextPage}
          onClick={() => void messages.fetchNextPage()}
        >
          {t('common.loadMore')}
        </Button>
      )}
      {settings.data && <SupportSettings saved={settings.data} />}
    </div>
  )
}

function MessageRow({ message }: { message: SupportMessage }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return (
    <li className="border-b border-border last:border-0">
      <details className="group">
        <summary className="flex cursor-default list-none items-center gap-3 px-4 py-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden
            size={14}
            className="shrink-0 text-muted transition-transform group-open:rotate-90"
          />
          <span className="min-w-0 flex-1 truncate font-medium">{message.subject}</span>
          <span className="min-w-0 truncate text-muted max-sm:hidden">{message.email}</span>
          <RelativeTime at={message.created_at} style="narrow" className="shrink-0 text-sm text-muted" />
        </summary>
        <div className="flex flex-col gap-3 px-4 pt-1 pb-4 sm:pl-11">
          <p className="text-sm text-muted">
            {[message.email, message.organization_name].filter(Boolean).join(' · ')}
            {message.mail_error !== null && ` · ${t('adminSettings.support.notMailed', { error: message.mail_error })}`}
          </p>
          <p className="break-words whitespace-pre-wrap">{message.message}</p>
          {message.diagnostics.map(({ name, text }) => (
            <details key={name}>
              <summary className="cursor-default text-sm text-muted">{t(`adminSettings.support.part.${name}`)}</summary>
              <pre className="mt-1 max-h-80 overflow-auto rounded-md bg-sunken p-3 font-mono text-sm whitespace-pre-wrap">
                {text}
              </pre>
            </details>
          ))}
          <div>
            <AlertDialog
              trigger={
                <Button size="sm" variant="danger-ghost">
                  <Trash2 aria-hidden size={14} />
                  {t('adminSettings.support.delete')}
                </Button>
              }
              title={t('adminSettings.support.deleteTitle', { subject: message.subject })}
              action={t('adminSettings.support.delete')}
              onConfirm={async () => {
                await call(deleteSupportMessage, { params: { id: message.id } })
                await client.invalidateQueries({ queryKey: [listSupportMessages.schema.operationId] })
              }}
            />
          </div>
        </div>
      </details>
    </li>
  )
}

function SupportSettings({ saved }: { saved: Output<typeof getSupportSettings> }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { email, helpscout_beacon_id } = saved
  const form = useSettingsForm({ email: email ?? '', helpscout_beacon_id, helpscout_secret: '' }, async (changes) => {
    const body = { ...changes, ...(changes.email !== undefined && { email: changes.email.trim() || null }) }
    client.setQueryData(queryFor(getSupportSettings, {}).queryKey, await call(updateSupportSettings, { body }))
  })
  const { values, set } = form
  return (
    <div className="max-w-form">
      <SettingsCard id="support" title={t('adminSettings.support.settings')} form={form}>
        <Field
          label={t('adminSettings.support.email')}
          note={t('common.optional')}
          help={t('adminSettings.support.emailHelp')}
        >
          <Input type="email" value={values.email} onValueChange={(next) => set({ email: next })} />
        </Field>
        <Field
          label={t('adminSettings.support.beacon')}
          note={t('common.optional')}
          help={t('adminSettings.support.beaconHelp')}
        >
          <Input mono value={values.helpscout_beacon_id} onValueChange={(next) => set({ helpscout_beacon_id: next })} />
        </Field>
        <Field
          label={t('adminSettings.support.secret')}
          note={t('common.optional')}
          help={t(saved.has_helpscout_secret ? 'admin.secretKept' : 'admin.secretNone')}
        >
          <Input
            mono
            type="password"
            autoComplete="new-password"
            value={values.helpscout_secret}
            onValueChange={(next) => set({ helpscout_secret: next })}
          />
        </Field>
      </SettingsCard>
    </div>
  )
}
