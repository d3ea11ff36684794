import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getSignInOptions, type Me } from '#contract/auth'
import { inviteMember, listInvites } from '#contract/invites'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogClose } from '../../components/ui/dialog.tsx'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { InviteFields } from './invite-fields.tsx'
import { checkInvite, emptyInvite, inviteBody } from './invite-form.ts'
import { InviteLink } from './invite-link.tsx'

const FORM = 'invite'

/** Invites somebody, then shows the link, which nobody can see again. */
export function InviteDialog({ me, orgId, onClose }: { me: Me; orgId: string; onClose: () => void }) {
  const { t } = useTranslation()
  const hasMail = useQuery(queryFor(getSignInOptions, {})).data?.mail ?? false
  const [form, setForm] = useState(() => emptyInvite('mail'))
  const [isTried, setTried] = useState(false)
  const invite = useMutation(mutationFor(useQueryClient(), inviteMember, [listInvites]))
  const problems = checkInvite(form)
  const name = me.organization?.name ?? ''

  const submit = () => {
    setTried(true)
    if (problems.email || problems.shares || invite.isPending) return
    invite.mutate({ params: { orgId }, body: inviteBody(form) })
  }
  const again = () => {
    setForm(emptyInvite(form.way))
    setTried(false)
    invite.reset()
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={invite.data ? t('organizations.invite.doneTitle') : t('organizations.invite.title', { name })}
      footer={
        invite.data ? (
          <>
            <Button onClick={again}>{t('organizations.invite.another')}</Button>
            <DialogClose render={<Button variant="primary">{t('organizations.invite.done')}</Button>} />
          </>
        ) : (
          <>
            <DialogClose render={<Button>{t('common.cancel')}</Button>} />
            <Button type="submit" form={FORM} variant="primary" pending={invite.isPending}>
              {t(form.way === 'mail' && hasMail ? 'organizations.invite.send' : 'organizations.invite.button')}
            </Button>
          </>
        )
      }
    >
      {invite.data ? (
        <InviteLink invite={invite.data} />
      ) : (
        <form
          id={FORM}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          <InviteFields
            me={me}
            hasMail={hasMail}
            form={form}
            problems={isTried ? problems : undefined}
            onChange={(next) => {
              setForm((now) => ({ ...now, ...next }))
              if (invite.isError) invite.reset()
            }}
          />
          {invite.isError && (
            <p role="alert" className="text-error">
              {t('organizations.invite.failed')}. {problemText(invite.error)}
            </p>
          )}
        </form>
      )}
    </Dialog>
  )
}
