import { useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import { passwordStrength } from './password-strength.ts'

const fills = ['bg-error', 'bg-busy', 'bg-running', 'bg-running']
const words = ['text-error', 'text-busy', 'text-running', 'text-running']

/** How good a password is and how to make it better. Its place is kept before one types, so that nothing jumps. */
export function StrengthMeter({ password, email }: { password: string; email: string }) {
  const { t } = useTranslation()
  const { level, score, hint } = passwordStrength(password, email)
  const isEmpty = password === ''
  return (
    <div className="mt-1 -mb-3 min-h-12">
      <div aria-hidden className="flex gap-1">
        {fills.map((_, index) => (
          <span
            key={index}
            className={cn('h-1 flex-1 rounded-full', !isEmpty && index <= score ? fills[score] : 'bg-active')}
          />
        ))}
      </div>
      <p className="mt-1 text-sm text-muted">
        {!isEmpty && (
          <span className={cn('font-medium', words[score])}>
            <span className="sr-only">{t('auth.setUp.strength.label')}: </span>
            {t(`auth.setUp.strength.${level}`)}.{' '}
          </span>
        )}
        {isEmpty ? t('auth.setUp.hint.longer') : t(`auth.setUp.hint.${hint}`)}
      </p>
    </div>
  )
}
