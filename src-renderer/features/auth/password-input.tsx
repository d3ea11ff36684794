import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Input, type InputProps } from '../../components/ui/input.tsx'

/** A password that can be looked at while it is typed. */
export function PasswordInput(props: InputProps) {
  const { t } = useTranslation()
  const [isShown, setShown] = useState(false)
  return (
    <div className="relative">
      <Input
        {...props}
        type={isShown ? 'text' : 'password'}
        spellCheck={false}
        autoCapitalize="off"
        className="pr-10"
      />
      <IconButton
        icon={isShown ? EyeOff : Eye}
        label={t(isShown ? 'auth.signIn.hide' : 'auth.signIn.show')}
        aria-pressed={isShown}
        size="sm"
        onClick={() => setShown(!isShown)}
        className="absolute top-1/2 right-1.5 -translate-y-1/2"
      />
    </div>
  )
}
