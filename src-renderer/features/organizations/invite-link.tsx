import { useTranslation } from 'react-i18next'
import type { Output } from '#contract/operation'
import type { inviteMember } from '#contract/invites'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { formatDateTime } from '../../lib/format.ts'

/** The link of a fresh invitation, shown this once. */
export function InviteLink({ invite }: { invite: Output<typeof inviteMember> }) {
  const { t } = useTranslation()
  const { email, link, mailed_at: mailed, expires_at: until } = invite
  return (
    <div className="flex flex-col gap-4">
      <p role="status">
        {email === null
          ? t('organizations.invite.handOver')
          : mailed === null
            ? t('organizations.invite.handOverTo', { email })
            : t('organizations.invite.mailedTo', { email })}
      </p>
      <Field label={t('organizations.invite.link')} help={t('organizations.invite.once')}>
        <div className="flex items-center gap-1">
          <Input mono readOnly value={link} onFocus={({ currentTarget }) => currentTarget.select()} />
          <CopyButton text={link} label={t('organizations.invite.copyLink')} size="md" />
        </div>
      </Field>
      <p className="text-sm text-muted">{t('organizations.invite.good', { time: formatDateTime(until) })}</p>
    </div>
  )
}
