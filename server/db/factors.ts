import { sql } from 'kysely'

/** Whether the person of a row of `users` has a second factor. */
export const hasFactor = sql<number>`(exists (select 1 from mfa_totp where mfa_totp.user_id = users.id and mfa_totp.verified_at is not null)
  or exists (select 1 from passkeys where passkeys.user_id = users.id))`
