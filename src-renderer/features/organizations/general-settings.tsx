import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMe } from '#contract/auth'
import { getOrganization, listOrganizations, type Organization, updateOrganization } from '#contract/organizations'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor } from '../../lib/query.ts'
import { isSlug } from './slug.ts'

type Props = { organization: Organization; isReadOnly: boolean }

export function GeneralSettings({ organization, isReadOnly }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<{ name?: string; slug?: string }>({})
  const save = useMutation(
    mutationFor(useQueryClient(), updateOrganization, [getOrganization, listOrganizations, getMe]),
  )
  const name = typed.name ?? organization.name
  const slug = typed.slug ?? organization.slug
  const noName = name.trim() === ''
  const badSlug = !isSlug(slug)
  const change = {
    ...(name.trim() !== organization.name && { name: name.trim() }),
    ...(slug !== organization.slug && { slug }),
  }
  const isChanged = Object.keys(change).length > 0
  const put = (next: typeof typed) => {
    setTyped((now) => ({ ...now, ...next }))
    if (save.isError) save.reset()
  }
  const submit = () => {
    if (!isChanged || noName || badSlug || save.isPending) return
    save.mutate(
      { params: { orgId: organization.id }, body: change },
      {
        onSuccess: () => {
          setTyped({})
          toast({ title: t('organizations.settings.saved'), tone: 'done' })
        },
      },
    )
  }
  return (
    <Card aria-labelledby="general">
      <CardHead id="general" title={t('organizations.settings.general')} />
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          {isReadOnly && <p className="text-muted">{t('organizations.settings.readOnly')}</p>}
          <Field label={t('organizations.settings.name')} error={noName && t('organizations.create.noName')}>
            <Input value={name} maxLength={80} readOnly={isReadOnly} onValueChange={(next) => put({ name: next })} />
          </Field>
          <Field
            label={t('organizations.settings.slug')}
            help={t('organizations.settings.slugHelp')}
            error={badSlug && t('organizations.create.badSlug')}
          >
            <Input
              mono
              value={slug}
              maxLength={40}
              readOnly={isReadOnly}
              spellCheck={false}
              autoCapitalize="off"
              onValueChange={(next) => put({ slug: next })}
            />
          </Field>
          {save.isError && (
            <p role="alert" className="text-error">
              {t('organizations.settings.saveFailed')}. {problemText(save.error)}
            </p>
          )}
          {!isReadOnly && (
            <div className="flex gap-2">
              <Button
                type="submit"
                variant="primary"
                pending={save.isPending}
                disabled={!isChanged || noName || badSlug}
              >
                {t('organizations.settings.save')}
              </Button>
              {isChanged && <Button onClick={() => (setTyped({}), save.reset())}>{t('common.discard')}</Button>}
            </div>
          )}
        </form>
      </CardBody>
    </Card>
  )
}
