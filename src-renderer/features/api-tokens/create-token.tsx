import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createApiToken, listApiTokens } from '#contract/api-tokens'
import type { Output } from '#contract/operation'
import type { Permission } from '#contract/permissions'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useMe } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor } from '../../lib/query.ts'
import { expiries, type Expiry, secondsOf } from './expiry.ts'
import { ScopePicker } from './scope-picker.tsx'

type Props = { onClose: () => void; onMade: (token: Output<typeof createApiToken>) => void }

export function CreateToken({ onClose, onMade }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const [name, setName] = useState('')
  const [expiry, setExpiry] = useState<Expiry>('90')
  const [rights, setRights] = useState<'all' | 'some'>('all')
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set())
  const [isChecked, setChecked] = useState(false)
  const create = useMutation({
    ...mutationFor(useQueryClient(), createApiToken, [listApiTokens]),
    onSuccess: onMade,
  })
  const isNameless = name.trim() === ''
  const isWithout = rights === 'some' && scopes.size === 0
  const labels: Record<Expiry, string> = {
    '7': t('tokens.form.days', { count: 7 }),
    '30': t('tokens.form.days', { count: 30 }),
    '90': t('tokens.form.days', { count: 90 }),
    '365': t('tokens.form.year'),
    never: t('tokens.form.never'),
  }
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={t('tokens.create')}
      description={t('tokens.form.lead', { organization: me?.organization?.name ?? '' })}
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (isNameless || isWithout || create.isPending) return
          create.mutate({
            body: {
              name: name.trim(),
              expires_in: secondsOf(expiry),
              scopes: rights === 'all' ? null : ([...scopes] as Permission[]),
            },
          })
        }}
      >
        <Field label={t('tokens.form.name')} error={isChecked && isNameless ? t('tokens.form.nameMissing') : undefined}>
          <Input
            autoFocus
            maxLength={60}
            placeholder={t('tokens.form.namePlaceholder')}
            value={name}
            onValueChange={setName}
          />
        </Field>
        <Field
          label={t('tokens.form.expiry')}
          help={expiry === 'never' ? t('tokens.form.neverHelp') : undefined}
          className="sm:max-w-80"
        >
          <Select
            value={expiry}
            onValueChange={setExpiry}
            options={expiries.map((value) => ({ value, label: labels[value] }))}
          />
        </Field>
        <div className="flex flex-col gap-1">
          <span aria-hidden className="font-medium">
            {t('tokens.form.rights')}
          </span>
          <Segmented
            label={t('tokens.form.rights')}
            value={rights}
            onValueChange={setRights}
            className="self-start max-sm:self-stretch"
            options={[
              { value: 'all', label: t('tokens.form.allRights') },
              { value: 'some', label: t('tokens.form.someRights') },
            ]}
          />
          <p className="text-sm text-muted">{t(rights === 'all' ? 'tokens.form.allHelp' : 'tokens.form.someHelp')}</p>
        </div>
        {rights === 'some' && (
          <ScopePicker
            chosen={scopes}
            onChange={setScopes}
            error={isChecked && isWithout ? t('tokens.form.noneChosen') : undefined}
          />
        )}
        {create.error && (
          <p role="alert" className="text-error">
            {problemText(create.error)}
          </p>
        )}
        <Button type="submit" variant="primary" pending={create.isPending} className="self-end">
          {t('tokens.create')}
        </Button>
      </form>
    </Dialog>
  )
}
