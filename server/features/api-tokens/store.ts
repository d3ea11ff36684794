import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'

export interface ApiTokensTable {
  id: string
  user_id: string
  organization_id: string
  name: string
  token_hash: string
  /** JSON array of permission keys; null is all that the owner may do. */
  scopes: string | null
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  last_used_ip: string | null
}

/** Everything but the hash. */
const select = (db: Db) =>
  db
    .selectFrom('api_tokens')
    .innerJoin('organizations', 'organizations.id', 'api_tokens.organization_id')
    .select([
      'api_tokens.id',
      'api_tokens.name',
      'api_tokens.organization_id',
      'organizations.name as organization_name',
      'api_tokens.scopes',
      'api_tokens.expires_at',
      'api_tokens.last_used_at',
      'api_tokens.last_used_ip',
      'api_tokens.created_at',
    ])

export const listTokens = (db: Db, user_id: string) =>
  select(db).where('api_tokens.user_id', '=', user_id).orderBy('api_tokens.id', 'desc').execute()

export const getToken = (db: Db, id: string) => select(db).where('api_tokens.id', '=', id).executeTakeFirstOrThrow()
export type TokenRow = Awaited<ReturnType<typeof getToken>>

/** Undefined when the person has `most` already: counted and written in one statement. */
export const insertToken = (
  db: Db,
  row: Omit<Insertable<ApiTokensTable>, 'last_used_at' | 'last_used_ip'>,
  most: number,
) =>
  db
    .insertInto('api_tokens')
    .columns(['id', 'user_id', 'organization_id', 'name', 'token_hash', 'scopes', 'created_at', 'expires_at'])
    .expression(() =>
      db
        .selectNoFrom((eb) => [
          eb.val(row.id).as('id'),
          eb.val(row.user_id).as('user_id'),
          eb.val(row.organization_id).as('organization_id'),
          eb.val(row.name).as('name'),
          eb.val(row.token_hash).as('token_hash'),
          eb.val(row.scopes).as('scopes'),
          eb.val(row.created_at).as('created_at'),
          eb.val(row.expires_at).as('expires_at'),
        ])
        .where(
          (eb) =>
            eb
              .selectFrom('api_tokens')
              .select(({ fn }) => fn.countAll<number>().as('count'))
              .where('user_id', '=', row.user_id),
          '<',
          most,
        ),
    )
    .returning('id')
    .executeTakeFirst()

/** Undefined for one that is not this person's. */
export const deleteToken = (db: Db, user_id: string, id: string) =>
  db
    .deleteFrom('api_tokens')
    .where('id', '=', id)
    .where('user_id', '=', user_id)
    .returning(['id', 'name', 'organization_id'])
    .executeTakeFirst()

export const listExpired = (db: Db, after: string, until: string) =>
  db.selectFrom('api_tokens').select('id').where('expires_at', '>', after).where('expires_at', '<=', until).execute()
