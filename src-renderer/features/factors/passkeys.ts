import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { beginPasskey, beginPasskeySignIn, createPasskey } from '#contract/mfa'
import type { Output } from '#contract/operation'
import { ApiError, call } from '../../lib/api.ts'
import { t } from '../../lib/i18n.ts'
import { problemText } from '../../lib/problem-text.ts'
import { session } from '../../lib/session.ts'

/** Whether this browser can hold a passkey for this page at all; the server says whether the address can. */
export const hasPasskeys = (): boolean => typeof globalThis.PublicKeyCredential === 'function'

// The ceremony's code is loaded when somebody begins one.
const browser = () => import('@simplewebauthn/browser')
const asJson = (response: object) => response as Record<string, unknown>

export async function addPasskey(name: string): Promise<Output<typeof createPasskey>> {
  const { challenge_token, options } = await call(beginPasskey, {})
  const { startRegistration } = await browser()
  const response = await startRegistration({
    optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON,
  })
  return call(createPasskey, { body: { challenge_token, name, response: asJson(response) } })
}

/** Alone, or as the second step of the challenge of a sign-in. */
export async function signInWithPasskey(challenge?: string): Promise<void> {
  const begun = await call(beginPasskeySignIn, { body: challenge === undefined ? {} : { challenge_token: challenge } })
  const { startAuthentication } = await browser()
  const response = await startAuthentication({
    optionsJSON: begun.options as unknown as PublicKeyCredentialRequestOptionsJSON,
  })
  await session.signInWithPasskey({ challenge_token: begun.challenge_token, response: asJson(response) })
}

/** What the server or the browser had against it, in one sentence. */
export function passkeyText(error: unknown): string {
  if (error instanceof ApiError) return problemText(error)
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'AbortError') return t('factors.passkey.cancelled')
  if (name === 'InvalidStateError') return t('factors.passkey.known')
  return t('factors.passkey.failed')
}
