import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { codeProblem } from '../factors/code-problem.ts'

type Props = {
  /** The verb of the button. */
  action: string
  tone?: 'primary' | 'danger'
  onConfirm: (code: string) => Promise<unknown>
}

/** A current code, before what protects the account is changed. */
export function ConfirmCode({ action, tone = 'primary', onConfirm }: Props) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const [isChecked, setChecked] = useState(false)
  const confirm = useMutation({ mutationFn: onConfirm, onError: () => setCode('') })
  const typed = code.trim()
  const isShort = typed.length < 6
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setChecked(true)
        if (!isShort && !confirm.isPending) confirm.mutate(/^[\d ]+$/.test(typed) ? typed.replace(/ /g, '') : typed)
      }}
    >
      <Field
        label={t('security.factors.code')}
        error={
          confirm.error && code === ''
            ? codeProblem(confirm.error)
            : isChecked && isShort
              ? t('security.factors.codeMissing')
              : undefined
        }
      >
        <Input
          mono
          size="lg"
          autoFocus
          maxLength={32}
          autoComplete="one-time-code"
          spellCheck={false}
          value={code}
          onValueChange={setCode}
        />
      </Field>
      <Button type="submit" variant={tone} pending={confirm.isPending} className="self-end">
        {action}
      </Button>
    </form>
  )
}
