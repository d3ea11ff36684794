import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addSshKey, getSettings } from '#contract/settings'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Textarea } from '../../components/ui/textarea.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { mutationFor } from '../../lib/query.ts'
import { isKeyName, nameFromKey } from './key-text.ts'

type Props = { open: boolean; onOpenChange: (open: boolean) => void }

export function AddKey({ open, onOpenChange }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('settings.keys.add')}>
      <AddKeyForm onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function AddKeyForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const [line, setLine] = useState('')
  const [name, setName] = useState('')
  const [isChecked, setChecked] = useState(false)
  const add = useMutation({
    ...mutationFor(useQueryClient(), addSshKey, [getSettings]),
    onSuccess: (added) => {
      toast({ title: t('settings.keys.addedDone', { name: added.name }), tone: 'done' })
      onDone()
    },
  })
  const refusal = add.error ? problemText(add.error) : undefined
  const isAboutName = problemCode(add.error) === 'key_name_taken'
  const errors = {
    line: isChecked && line.trim() === '' ? t('settings.keys.keyMissing') : isAboutName ? undefined : refusal,
    name: isChecked && !isKeyName(name.trim()) ? t('settings.keys.nameInvalid') : isAboutName ? refusal : undefined,
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setChecked(true)
        if (line.trim() === '' || !isKeyName(name.trim()) || add.isPending) return
        add.mutate({ body: { name: name.trim(), public_key: line.trim() } })
      }}
    >
      <p className="text-muted">{t('settings.keys.addLead')}</p>
      <Field label={t('settings.keys.paste')} error={errors.line}>
        <Textarea
          mono
          rows={4}
          autoFocus
          maxLength={16_384}
          spellCheck={false}
          autoCapitalize="off"
          value={line}
          className="break-all"
          onValueChange={(next) => {
            setLine(next)
            add.reset()
            // Until one types a name, the key's own comment is it.
            if (name === '' || name === nameFromKey(line)) setName(nameFromKey(next))
          }}
        />
      </Field>
      <Field label={t('settings.keys.name')} help={t('settings.keys.nameHelp')} error={errors.name}>
        <Input maxLength={60} spellCheck={false} value={name} onValueChange={setName} />
      </Field>
      <Button type="submit" variant="primary" pending={add.isPending} className="self-end">
        {t('settings.keys.add')}
      </Button>
    </form>
  )
}
