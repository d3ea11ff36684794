import { useMutation } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { createPasskey } from '#contract/mfa'
import type { Output } from '#contract/operation'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { deviceWords } from '../../lib/device-words.ts'
import { addPasskey, passkeyText } from './passkeys.ts'

/** Makes a passkey of this browser or of a key at hand. With the first factor of an account come its recovery codes. */
export function AddPasskey({ onDone }: { onDone: (made: Output<typeof createPasskey>) => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(() => deviceWords(navigator.userAgent))
  const add = useMutation({ mutationFn: addPasskey, onSuccess: onDone })
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '' && !add.isPending) add.mutate(name.trim())
      }}
    >
      <p className="text-muted">{t('factors.passkey.lead')}</p>
      <Field
        label={t('factors.passkey.name')}
        help={t('factors.passkey.nameHelp')}
        error={add.error ? passkeyText(add.error) : undefined}
      >
        <Input size="lg" maxLength={60} autoFocus value={name} onValueChange={setName} />
      </Field>
      <Button type="submit" variant="primary" size="lg" disabled={name.trim() === ''} pending={add.isPending}>
        <KeyRound aria-hidden size={16} /> {t('factors.passkey.add')}
      </Button>
    </form>
  )
}
