import type { Audit } from '#server/audit'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Live } from '#server/live'
import type { Mail } from '#server/mail'
import type { Joining } from '#server/sign-in'

/** What organizations need of the rest of the house. */
export type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  live: Live
  mail: Mail
  joining: Joining
  /** The address of the dashboard, for links. */
  baseUrl: () => string
}
