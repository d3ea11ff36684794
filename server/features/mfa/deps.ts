import type { Audit } from '#server/audit'
import type { Challenges } from '#server/challenges'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import type { Mail, MailMessage } from '#server/mail'
import type { SignIn } from '#server/sign-in'

import type { Person } from './store.ts'

export type MfaDeps = {
  db: Db
  clock: Clock
  audit: Audit
  seal: Seal
  challenges: Challenges
  signIn: SignIn
  mail: Pick<Mail, 'send'>
  /** Under which recovery codes are hashed. */
  recoveryKey: string
}

/** Tells a person by mail what became of their factors. */
export type Told = (
  person: Pick<Person, 'email' | 'language'>,
  what: Extract<MailMessage, { kind: 'factor_changed' }>['what'],
  ip: string,
) => void
