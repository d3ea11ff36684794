import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { registrationModes } from '#contract/auth'
import type { Output } from '#contract/operation'
import { getSignInPolicy, updateSignInPolicy } from '#contract/settings'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Select } from '../../components/ui/select.tsx'
import { call } from '../../lib/api.ts'
import { queryFor } from '../../lib/query.ts'
import { Loaded } from './loaded.tsx'
import { SettingsCard } from './settings-card.tsx'
import { useSettingsForm } from './use-settings-form.ts'

type Policy = Output<typeof getSignInPolicy>

/** Who may come in, and how. */
export function SignInSection() {
  const policy = useQuery(queryFor(getSignInPolicy, {}))
  return (
    <Loaded query={policy}>
      {(data) => (
        <div className="flex max-w-form flex-col gap-4">
          <AccountsCard policy={data} />
          <GithubCard policy={data} />
        </div>
      )}
    </Loaded>
  )
}

function useKeep() {
  const client = useQueryClient()
  return (saved: Policy) => client.setQueryData(queryFor(getSignInPolicy, {}).queryKey, saved)
}

function AccountsCard({ policy }: { policy: Policy }) {
  const { t } = useTranslation()
  const keep = useKeep()
  const { registration, require_mfa } = policy
  const form = useSettingsForm({ registration, require_mfa }, async (changes) =>
    keep(await call(updateSignInPolicy, { body: changes })),
  )
  return (
    <SettingsCard id="accounts" title={t('adminSettings.signIn.accounts')} form={form}>
      <Field
        label={t('adminSettings.signIn.registration')}
        help={t(`adminSettings.signIn.registrationHelp.${form.values.registration}`)}
      >
        <Select
          value={form.values.registration}
          onValueChange={(next) => form.set({ registration: next })}
          options={registrationModes.map((value) => ({ value, label: t(`adminSettings.signIn.mode.${value}`) }))}
        />
      </Field>
      <Checkbox
        checked={form.values.require_mfa}
        onCheckedChange={(checked) => form.set({ require_mfa: checked })}
        label={t('adminSettings.signIn.requireMfa')}
        help={t('adminSettings.signIn.requireMfaHelp')}
      />
    </SettingsCard>
  )
}

function GithubCard({ policy }: { policy: Policy }) {
  const { t } = useTranslation()
  const keep = useKeep()
  const { callback_url: callback, has_client_secret: hasSecret, ...github } = policy.github
  const form = useSettingsForm({ ...github, client_secret: '' }, async (changes) =>
    keep(await call(updateSignInPolicy, { body: { github: changes } })),
  )
  const { values, set } = form
  return (
    <SettingsCard id="github" title={t('adminSettings.signIn.github')} form={form}>
      <p className="text-muted">{t('adminSettings.signIn.githubHelp')}</p>
      <Field label={t('adminSettings.signIn.callback')}>
        <div className="flex items-center gap-2">
          <Input mono readOnly value={callback} />
          <CopyButton text={callback} size="md" />
        </div>
      </Field>
      <Checkbox
        checked={values.enabled}
        onCheckedChange={(enabled) => set({ enabled })}
        label={t('adminSettings.signIn.githubOn')}
      />
      <Field label={t('adminSettings.signIn.clientId')}>
        <Input mono value={values.client_id} onValueChange={(client_id) => set({ client_id })} />
      </Field>
      <Field
        label={t('adminSettings.signIn.clientSecret')}
        help={t(hasSecret ? 'admin.secretKept' : 'admin.secretNone')}
      >
        <Input
          mono
          type="password"
          autoComplete="new-password"
          value={values.client_secret}
          onValueChange={(client_secret) => set({ client_secret })}
        />
      </Field>
      <Field label={t('adminSettings.signIn.baseUrl')} help={t('adminSettings.signIn.baseUrlHelp')}>
        <Input mono value={values.base_url} onValueChange={(base_url) => set({ base_url })} />
      </Field>
      <Field label={t('adminSettings.signIn.apiUrl')}>
        <Input mono value={values.api_url} onValueChange={(api_url) => set({ api_url })} />
      </Field>
    </SettingsCard>
  )
}
