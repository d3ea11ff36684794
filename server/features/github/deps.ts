import type { Logger } from 'pino'
import type { Audit } from '#server/audit'
import type { Challenges } from '#server/challenges'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import type { Publish } from '#server/events'
import type { Accounts, Joining, SignIn } from '#server/sign-in'
import type { GithubClient } from './client.ts'

export type GithubDeps = {
  db: Db
  clock: Clock
  log: Logger
  audit: Audit
  seal: Seal
  publish: Publish
  challenges: Challenges
  signIn: SignIn
  accounts: Pick<Accounts, 'create'>
  joining: Pick<Joining, 'findInvite'>
  github: GithubClient
  /** The one address that GitHub sends people back to, as it is registered there. */
  callbackUrl: () => string
}
