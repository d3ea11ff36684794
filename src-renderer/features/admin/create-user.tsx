import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createUser, listAdminUsers } from '#contract/users'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor } from '../../lib/query.ts'
import { LinkDialog } from './link-dialog.tsx'

const looksLikeEmail = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim())

/** A new account; its person chooses the password with a link. */
export function CreateUser() {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const [email, setEmail] = useState('')
  const [isAdmin, setAdmin] = useState(false)
  const [made, setMade] = useState<{ email: string; link: string }>()
  const create = useMutation({
    ...mutationFor(useQueryClient(), createUser, [listAdminUsers]),
    onSuccess: (user) => {
      change(false)
      if (user.link !== null) setMade({ email: user.email, link: user.link })
      else toast({ title: t('admin.users.created', { email: user.email }), tone: 'done' })
    },
  })
  const change = (next: boolean) => {
    setOpen(next)
    setEmail('')
    setAdmin(false)
    create.reset()
  }
  return (
    <>
      <Button variant="primary" onClick={() => change(true)}>
        <Plus aria-hidden size={16} />
        {t('admin.users.create')}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={change}
        title={t('admin.users.createTitle')}
        description={t('admin.users.createHelp')}
        size="sm"
        footer={
          <>
            <Button onClick={() => change(false)}>{t('common.cancel')}</Button>
            <Button
              form="create-user"
              type="submit"
              variant="primary"
              disabled={!looksLikeEmail(email)}
              pending={create.isPending}
            >
              {t('admin.users.create')}
            </Button>
          </>
        }
      >
        <form
          id="create-user"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (!looksLikeEmail(email) || create.isPending) return
            create.mutate({ body: { email: email.trim(), platform_role: isAdmin ? 'admin' : 'user' } })
          }}
        >
          <Field label={t('admin.users.email')} error={create.error ? problemText(create.error) : undefined}>
            <Input type="email" autoFocus value={email} onValueChange={setEmail} />
          </Field>
          <Checkbox
            checked={isAdmin}
            onCheckedChange={setAdmin}
            label={t('admin.users.asAdmin')}
            help={t('admin.users.asAdminHelp')}
          />
        </form>
      </Dialog>
      <LinkDialog
        link={made?.link}
        onClose={() => setMade(undefined)}
        title={t('admin.users.linkTitle', { email: made?.email ?? '' })}
        help={t('admin.users.linkHelp')}
      />
    </>
  )
}
