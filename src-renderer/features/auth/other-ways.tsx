import { useMutation } from '@tanstack/react-query'
import { GitBranch, KeyRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { getSignInOptions } from '#contract/auth'
import { beginGithubSignIn, beginGithubWithInvite } from '#contract/github'
import { type Output, urlFor } from '#contract/operation'
import { Button } from '../../components/ui/button.tsx'
import { buttonStyle } from '../../components/ui/button-style.ts'
import { call } from '../../lib/api.ts'
import { problemText } from '../../lib/problem-text.ts'
import { hasPasskeys, passkeyText, signInWithPasskey } from '../factors/passkeys.ts'
import { FormAlert } from './form-alert.tsx'

type Props = {
  options: Output<typeof getSignInOptions>
  onDone: () => void
  /** An invitation that a sign-in with GitHub accepts on its way. */
  inviteToken?: string
}

/** Passkey and GitHub, where this server and this browser have them. */
export function OtherWays({ options, onDone, inviteToken }: Props) {
  const { t } = useTranslation()
  const passkey = useMutation({
    networkMode: 'always',
    mutationFn: () => signInWithPasskey(),
    onSuccess: onDone,
  })
  const invited = useMutation({
    networkMode: 'always',
    mutationFn: (invite_token: string) => call(beginGithubWithInvite, { body: { invite_token } }),
    onSuccess: ({ url }) => location.assign(url),
  })
  const offersPasskey = options.passkeys && hasPasskeys() && inviteToken === undefined
  if (!offersPasskey && !options.github) return null
  return (
    <div className="mt-4 flex flex-col gap-3">
      <div aria-hidden className="flex items-center gap-3 text-sm text-muted">
        <span className="h-px flex-1 bg-border" />
        {t('auth.signIn.or')}
        <span className="h-px flex-1 bg-border" />
      </div>
      {passkey.error && <FormAlert>{passkeyText(passkey.error)}</FormAlert>}
      {offersPasskey && (
        <Button size="lg" pending={passkey.isPending} onClick={() => passkey.mutate()}>
          <KeyRound aria-hidden size={16} /> {t('auth.signIn.passkey')}
        </Button>
      )}
      {invited.error && <FormAlert>{problemText(invited.error)}</FormAlert>}
      {options.github && inviteToken !== undefined && (
        <Button size="lg" pending={invited.isPending} onClick={() => invited.mutate(inviteToken)}>
          <GitBranch aria-hidden size={16} /> {t('auth.signIn.github')}
        </Button>
      )}
      {options.github && inviteToken === undefined && (
        // A plain navigation: the server sends the browser on to GitHub.
        <a href={urlFor(beginGithubSignIn)} className={buttonStyle({ size: 'lg' })}>
          <GitBranch aria-hidden size={16} /> {t('auth.signIn.github')}
        </a>
      )}
    </div>
  )
}
