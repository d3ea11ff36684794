import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { KeyRound, type LucideIcon, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMe, getSignInOptions } from '#contract/auth'
import { useMe } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'
import { AddPasskey } from '../factors/add-passkey.tsx'
import { EnrollApp } from '../factors/enroll-app.tsx'
import { hasPasskeys } from '../factors/passkeys.ts'
import { RecoveryCodes } from '../factors/recovery-codes.tsx'
import { AuthFrame, frameLinkStyle } from './auth-frame.tsx'

type Step = 'choose' | 'app' | 'passkey'

/** Where everybody without a second factor is led while an administrator asks for one. The only other way is out. */
export function EnrollPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const router = useRouter()
  const me = useMe()
  const to = useSearch({ strict: false, select: (search) => search.to })
  const options = useQuery(queryFor(getSignInOptions, {})).data
  const offersPasskey = (options?.passkeys ?? false) && hasPasskeys()
  const [step, setStep] = useState<Step>('choose')
  const [codes, setCodes] = useState<readonly string[]>()

  const goOn = async () => {
    await client.fetchQuery({ ...queryFor(getMe, {}), staleTime: 0 })
    await router.navigate({ href: to ?? '/' })
  }
  const leave = async () => {
    await session.signOut()
    client.clear()
    await router.invalidate()
  }
  const out = (
    <>
      {step !== 'choose' && !codes && (
        <button type="button" className={frameLinkStyle} onClick={() => setStep('choose')}>
          {t('factors.enroll.back')}
        </button>
      )}
      {!codes && (
        <button type="button" className={frameLinkStyle} onClick={() => void leave()}>
          {t('factors.enroll.signOut')}
        </button>
      )}
    </>
  )

  if (codes) {
    return (
      <AuthFrame title={t('factors.enroll.codesTitle')} lead={null}>
        <RecoveryCodes codes={codes} onDone={() => void goOn()} />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title={t('factors.enroll.title')}
      lead={
        step === 'choose' ? (
          <>
            <p>{t('factors.enroll.lead')}</p>
            {me && <p className="mt-1">{t('factors.enroll.account', { email: me.email })}</p>}
          </>
        ) : null
      }
      links={out}
    >
      {step === 'choose' && (
        <div role="group" aria-label={t('factors.enroll.choose')} className="flex flex-col gap-2">
          <Choice
            icon={Smartphone}
            title={t('factors.enroll.app')}
            help={t('factors.enroll.appHelp')}
            onChoose={() => setStep('app')}
          />
          {offersPasskey && (
            <Choice
              icon={KeyRound}
              title={t('factors.enroll.passkey')}
              help={t('factors.enroll.passkeyHelp')}
              onChoose={() => setStep('passkey')}
            />
          )}
        </div>
      )}
      {step === 'app' && <EnrollApp onDone={setCodes} />}
      {step === 'passkey' && (
        <AddPasskey onDone={({ recovery_codes }) => (recovery_codes ? setCodes(recovery_codes) : void goOn())} />
      )}
    </AuthFrame>
  )
}

type ChoiceProps = { icon: LucideIcon; title: string; help: string; onChoose: () => void }

function Choice({ icon: Icon, title, help, onChoose }: ChoiceProps) {
  return (
    <button
      type="button"
      onClick={onChoose}
      className="flex items-center gap-3 rounded-md border border-border p-3 text-left transition-colors hover:bg-hover"
    >
      <Icon aria-hidden size={20} className="shrink-0 text-muted" />
      <span>
        <span className="block font-medium">{title}</span>
        <span className="block text-sm text-muted">{help}</span>
      </span>
    </button>
  )
}
