import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contract/auth'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Select } from '../../components/ui/select.tsx'
import { ChosenServers } from './chosen-servers.tsx'
import { type checkInvite, expiries, type InviteForm } from './invite-form.ts'

type Props = {
  me: Me
  hasMail: boolean
  form: InviteForm
  /** Undefined until one has tried. */
  problems: ReturnType<typeof checkInvite> | undefined
  onChange: (change: Partial<InviteForm>) => void
}

export function InviteFields({ me, hasMail, form, problems, onChange }: Props) {
  const { t } = useTranslation()
  const { way, email, role, scope, shares, expiry } = form
  // Nobody invites to more than they are themselves.
  const mayInviteAdmin = me.organization?.role === 'owner' || me.organization?.role === 'admin'
  return (
    <>
      <Segmented
        className="self-start"
        label={t('organizations.invite.way')}
        value={way}
        onValueChange={(next) => onChange({ way: next })}
        options={[
          { value: 'mail', label: t('organizations.invite.byMail') },
          { value: 'link', label: t('organizations.invite.byLink') },
        ]}
      />
      {way === 'mail' ? (
        <Field
          label={t('organizations.invite.email')}
          help={t(hasMail ? 'organizations.invite.mailHelp' : 'organizations.invite.noMailHelp')}
          error={problems?.email && t('organizations.invite.badEmail')}
        >
          <Input
            type="email"
            value={email}
            maxLength={254}
            spellCheck={false}
            autoCapitalize="off"
            onValueChange={(next) => onChange({ email: next })}
          />
        </Field>
      ) : (
        <p className="text-muted">{t('organizations.invite.linkHelp')}</p>
      )}
      {mayInviteAdmin && (
        <Choice label={t('organizations.invite.role')}>
          <RadioCards
            label={t('organizations.invite.role')}
            value={role}
            onValueChange={(next) => onChange({ role: next })}
            options={[
              { value: 'user', label: t('organizations.invite.user'), help: t('organizations.invite.userHelp') },
              { value: 'admin', label: t('organizations.invite.admin'), help: t('organizations.invite.adminHelp') },
            ]}
          />
        </Choice>
      )}
      {role === 'user' && (
        <Choice label={t('organizations.invite.scope')}>
          <RadioCards
            label={t('organizations.invite.scope')}
            value={scope}
            onValueChange={(next) => onChange({ scope: next })}
            options={[
              { value: 'deploy', label: t('organizations.invite.deploy'), help: t('organizations.invite.deployHelp') },
              { value: 'chosen', label: t('organizations.invite.chosen'), help: t('organizations.invite.chosenHelp') },
            ]}
          />
        </Choice>
      )}
      {role === 'user' && scope === 'chosen' && (
        <ChosenServers
          value={shares}
          onChange={(next) => onChange({ shares: next })}
          error={problems?.shares ? t('organizations.invite.noChosen') : undefined}
        />
      )}
      <Field label={t('organizations.invite.expires')}>
        <Select
          className="sm:w-44"
          value={expiry}
          onValueChange={(next) => onChange({ expiry: next })}
          options={(Object.keys(expiries) as InviteForm['expiry'][]).map((value) => ({
            value,
            label: t(`organizations.invite.expiry.${value}`),
          }))}
        />
      </Field>
    </>
  )
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <span aria-hidden className="font-medium">
        {label}
      </span>
      {children}
    </div>
  )
}
