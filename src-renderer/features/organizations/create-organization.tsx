import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createOrganization, listOrganizations } from '#contract/organizations'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogClose } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'
import { isSlug } from './slug.ts'

const FORM = 'create-organization'

/** A new organization, whose owner one is and where one then stands. */
export function CreateOrganization({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState('')
  const [isTried, setTried] = useState(false)
  const create = useMutation(mutationFor(useQueryClient(), createOrganization, [listOrganizations]))
  const noName = name.trim() === ''
  const badSlug = slug !== '' && !isSlug(slug)

  const submit = () => {
    setTried(true)
    if (noName || badSlug || create.isPending) return
    create.mutate(
      { body: { name: name.trim(), ...(slug !== '' && { slug }) } },
      {
        onSuccess: ({ id, name: made }) => {
          onOpenChange(false)
          toast({ title: t('organizations.create.done', { name: made }), tone: 'done' })
          void navigate({ to: '/' }).then(() => session.chooseOrganization(id))
        },
      },
    )
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('organizations.create.title')}
      description={t('organizations.create.help')}
      footer={
        <>
          <DialogClose render={<Button>{t('common.cancel')}</Button>} />
          <Button type="submit" form={FORM} variant="primary" pending={create.isPending}>
            {t('organizations.create.button')}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field label={t('organizations.create.name')} error={isTried && noName && t('organizations.create.noName')}>
          <Input value={name} maxLength={80} onValueChange={setName} />
        </Field>
        <Field
          label={t('organizations.create.slug')}
          note={t('common.optional')}
          help={t('organizations.create.slugHelp')}
          error={badSlug && isTried && t('organizations.create.badSlug')}
        >
          <Input mono value={slug} maxLength={40} spellCheck={false} autoCapitalize="off" onValueChange={setSlug} />
        </Field>
        {create.isError && (
          <p role="alert" className="text-error">
            {problemText(create.error)}
          </p>
        )}
      </form>
    </Dialog>
  )
}
