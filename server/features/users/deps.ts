import { getUser, listAdminUsers, listUsers } from '#contract/users'
import { type Audit, byCaller } from '#server/audit'
import type { Challenges } from '#server/challenges'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import { conflict } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { Live } from '#server/live'
import type { Mail } from '#server/mail'
import type { Accounts } from '#server/sign-in'

export type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  accounts: Accounts
  challenges: Challenges
  mail: Pick<Mail, 'forgetLink'>
  live: Pick<Live, 'endUser' | 'recheckUser'>
}

/** What is done to an account concerns the platform, and no organization. */
export const byAdministrator = (caller: Caller) => ({ ...byCaller(caller), organization_id: null })

/** To administrators who look at the list. It names nobody, since others of their organization are told too. */
export const changed = ({ organization_id }: Caller) => ({
  organization_id,
  kind: 'users.changed',
  stale: [listUsers, listAdminUsers, getUser],
})

export const lastAdministrator = () =>
  conflict('last_admin', 'This is the last administrator who can sign in. Make somebody else one first.')

export function assertSomebodyElse(caller: Caller, id: string): void {
  if (caller.user_id === id) {
    throw conflict('yourself', 'You cannot do this to yourself. Ask another administrator.')
  }
}
