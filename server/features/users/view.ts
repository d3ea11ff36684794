import type { User } from '#contract/users'
import type { Db } from '#server/db/schema'
import { notFound } from '#server/errors'
import * as store from './store.ts'

export const noSuchUser = () => notFound('user_not_found', 'There is no such user.')
export const subjectOf = ({ id, email }: { id: string; email: string }) => ({ type: 'user', id, name: email })

/** Accounts as administrators see them, with the organizations that they belong to. */
export async function shown(db: Db, rows: readonly store.UserRow[]): Promise<User[]> {
  const places =
    rows.length === 0
      ? []
      : await store.listPlaces(
          db,
          rows.map(({ id }) => id),
        )
  const byUser = Map.groupBy(places, ({ user_id }) => user_id)
  return rows.map((row) => ({
    ...row,
    mfa_enabled: Boolean(row.mfa_enabled),
    has_password: Boolean(row.has_password),
    organizations: (byUser.get(row.id) ?? []).map(({ id, name, role }) => ({ id, name, role })),
  }))
}

export async function getRow(db: Db, id: string): Promise<store.UserRow> {
  const row = await store.findUser(db, id)
  if (!row) throw noSuchUser()
  return row
}

export async function getUser(db: Db, id: string): Promise<User> {
  const [user] = await shown(db, [await getRow(db, id)])
  if (!user) throw noSuchUser()
  return user
}
