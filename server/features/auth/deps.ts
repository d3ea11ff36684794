import type { Audit } from '#server/audit'
import type { Challenges } from '#server/challenges'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Live } from '#server/live'
import type { Log } from '#server/log'
import type { Mail } from '#server/mail'
import type { Joining, SecondFactors } from '#server/sign-in'
import type { AccessTokens } from './access-tokens.ts'
import type { Passwords } from './passwords.ts'
import type { Principals } from './principals.ts'

export type Deps = {
  db: Db
  clock: Clock
  log: Log
  tokens: AccessTokens
  passwords: Passwords
  principals: Principals
  audit: Audit
  publish: Publish
  live: Live
  challenges: Challenges
  secondFactors: SecondFactors
  mail: Mail
  joining: Joining
  /** Where links lead, without a slash at the end. */
  baseUrl: () => string
  /** The code that a first set-up from another machine must know. */
  bootstrapCode: string
  onBootstrap: (organizationId: string) => Promise<void>
}

export const normalEmail = (email: string) => email.trim().toLowerCase()
