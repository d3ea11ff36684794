import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'

export interface MfaTotpTable {
  user_id: string
  sealed_secret: string
  /** Null while the enrollment waits for its first code. */
  verified_at: string | null
  /** The time step of the last code that was used: no code at or before it is good again. */
  last_step: number | null
  created_at: string
}
export interface RecoveryCodesTable {
  user_id: string
  code_hash: string
  used_at: string | null
}
export interface PasskeysTable {
  id: string
  user_id: string
  credential_id: string
  /** COSE key, base64url. */
  public_key: string
  counter: number
  /** JSON array. */
  transports: string
  name: string
  is_synced: number
  rp_id: string
  created_at: string
  last_used_at: string | null
}

/** Whom factors belong to, and whether there is another way in than a passkey. */
export const findPerson = (db: Db, id: string) =>
  db
    .selectFrom('users')
    .leftJoin('identities', 'identities.user_id', 'users.id')
    .select([
      'users.id',
      'users.email',
      'users.language',
      'users.default_organization_id',
      'users.password_hash',
      'identities.provider',
    ])
    .where('users.id', '=', id)
    .executeTakeFirst()
export type Person = NonNullable<Awaited<ReturnType<typeof findPerson>>>

export const findTotp = (db: Db, user_id: string) =>
  db.selectFrom('mfa_totp').selectAll().where('user_id', '=', user_id).executeTakeFirst()

/** Begins an enrollment, or begins it anew; undefined when one is verified already. */
export const beginTotp = (db: Db, row: Insertable<MfaTotpTable>) =>
  db
    .insertInto('mfa_totp')
    .values(row)
    .onConflict((on) =>
      on
        .column('user_id')
        .doUpdateSet({ sealed_secret: row.sealed_secret, created_at: row.created_at })
        .where('mfa_totp.verified_at', 'is', null),
    )
    .returning('user_id')
    .executeTakeFirst()

/** The enrollment whose secret the code was made with becomes good, and that code is used. */
export const verifyTotp = (db: Db, { user_id, sealed_secret }: MfaTotpTable, last_step: number, verified_at: string) =>
  db
    .updateTable('mfa_totp')
    .set({ verified_at, last_step })
    .where('user_id', '=', user_id)
    .where('sealed_secret', '=', sealed_secret)
    .where('verified_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst()

/** Uses the code of a time step up: of many at once exactly one gets it, and none before it is good again. */
export const spendStep = (db: Db, { user_id, sealed_secret }: MfaTotpTable, step: number) =>
  db
    .updateTable('mfa_totp')
    .set({ last_step: step })
    .where('user_id', '=', user_id)
    .where('sealed_secret', '=', sealed_secret)
    .where('verified_at', 'is not', null)
    .where((eb) => eb.or([eb('last_step', 'is', null), eb('last_step', '<', step)]))
    .returning('user_id')
    .executeTakeFirst()

export const insertRecoveryCodes = (db: Db, user_id: string, hashes: readonly string[]) =>
  db
    .insertInto('recovery_codes')
    .values(hashes.map((code_hash) => ({ user_id, code_hash, used_at: null })))
    .execute()

/** Of many at once exactly one gets it. */
export const spendRecoveryCode = (db: Db, user_id: string, code_hash: string, used_at: string) =>
  db
    .updateTable('recovery_codes')
    .set({ used_at })
    .where('user_id', '=', user_id)
    .where('code_hash', '=', code_hash)
    .where('used_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst()

export const deleteRecoveryCodes = (db: Db, user_id: string) =>
  db.deleteFrom('recovery_codes').where('user_id', '=', user_id).execute()

/** What a person has: an authenticator app that is verified, passkeys, and recovery codes that are left. */
export async function findFactors(db: Db, user_id: string) {
  const totp = await findTotp(db, user_id)
  const count = (table: 'passkeys' | 'recovery_codes') =>
    db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('user_id', '=', user_id)
  const { count: passkeys } = await count('passkeys').executeTakeFirstOrThrow()
  const { count: recoveryCodes } = await count('recovery_codes').where('used_at', 'is', null).executeTakeFirstOrThrow()
  return { totp: totp !== undefined && totp.verified_at !== null, passkeys, recoveryCodes }
}
export type Factors = Awaited<ReturnType<typeof findFactors>>

export async function deleteFactors(db: Db, user_id: string): Promise<void> {
  await db.deleteFrom('mfa_totp').where('user_id', '=', user_id).execute()
  await db.deleteFrom('passkeys').where('user_id', '=', user_id).execute()
  await deleteRecoveryCodes(db, user_id)
}

export const listPasskeys = (db: Db, user_id: string) =>
  db.selectFrom('passkeys').selectAll().where('user_id', '=', user_id).orderBy('id', 'desc').execute()

export const findPasskey = (db: Db, credential_id: string) =>
  db.selectFrom('passkeys').selectAll().where('credential_id', '=', credential_id).executeTakeFirst()

/** Undefined when the credential is known already. */
export const insertPasskey = (db: Db, row: Insertable<PasskeysTable>) =>
  db
    .insertInto('passkeys')
    .values(row)
    .onConflict((on) => on.column('credential_id').doNothing())
    .returningAll()
    .executeTakeFirst()

/** Notes a use; undefined when the passkey is gone, or its counter went on without us in the meantime. */
export const usePasskey = (db: Db, { id, counter }: PasskeysTable, next: number, last_used_at: string) =>
  db
    .updateTable('passkeys')
    .set({ counter: next, last_used_at })
    .where('id', '=', id)
    .where('counter', '=', counter)
    .returning('id')
    .executeTakeFirst()

export const deletePasskey = (db: Db, user_id: string, id: string) =>
  db.deleteFrom('passkeys').where('user_id', '=', user_id).where('id', '=', id).returningAll().executeTakeFirst()
