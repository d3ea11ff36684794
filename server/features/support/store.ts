import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'

export interface SupportMessagesTable {
  id: string
  user_id: string | null
  email: string
  organization_name: string | null
  subject: string
  message: string
  /** JSON array of { name, text }. */
  diagnostics: string
  created_at: string
  mailed_at: string | null
  mail_error: string | null
}

type NewMessage = Omit<Insertable<SupportMessagesTable>, 'mailed_at' | 'mail_error' | 'user_id'> & { user_id: string }

/** Undefined when the person has written `most` since then: counted and written in one statement. */
export const insertMessage = (db: Db, row: NewMessage, { most, since }: { most: number; since: string }) =>
  db
    .insertInto('support_messages')
    .columns(['id', 'user_id', 'email', 'organization_name', 'subject', 'message', 'diagnostics', 'created_at'])
    .expression(() =>
      db
        .selectNoFrom((eb) => [
          eb.val(row.id).as('id'),
          eb.val(row.user_id).as('user_id'),
          eb.val(row.email).as('email'),
          eb.val(row.organization_name).as('organization_name'),
          eb.val(row.subject).as('subject'),
          eb.val(row.message).as('message'),
          eb.val(row.diagnostics).as('diagnostics'),
          eb.val(row.created_at).as('created_at'),
        ])
        .where(
          (eb) =>
            eb
              .selectFrom('support_messages')
              .select(({ fn }) => fn.countAll<number>().as('count'))
              .where('user_id', '=', row.user_id)
              .where('created_at', '>', since),
          '<',
          most,
        ),
    )
    .returning('id')
    .executeTakeFirst()

export const noteMailed = (db: Db, id: string, outcome: Pick<SupportMessagesTable, 'mailed_at' | 'mail_error'>) =>
  db.updateTable('support_messages').set(outcome).where('id', '=', id).execute()

export const listMessages = (db: Db, { before, limit }: { before: string | undefined; limit: number }) =>
  db
    .selectFrom('support_messages')
    .select([
      'id',
      'email',
      'organization_name',
      'subject',
      'message',
      'diagnostics',
      'mailed_at',
      'mail_error',
      'created_at',
    ])
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()

export const deleteMessage = (db: Db, id: string) =>
  db.deleteFrom('support_messages').where('id', '=', id).returning(['id', 'subject']).executeTakeFirst()

export const findOrganizationName = async (db: Db, id: string): Promise<string | null> =>
  (await db.selectFrom('organizations').select('name').where('id', '=', id).executeTakeFirst())?.name ?? null

export const listJobs = (db: Db) => db.selectFrom('jobs').selectAll().orderBy('name').execute()

/** What must not be repeated in a log: the sealed secrets of the installation. */
export const listSealed = (db: Db) => db.selectFrom('sealed').select(['name', 'value']).execute()

/** The same for servers: what they are given, and the document that says which of it is secret. */
export const listEnvironments = (db: Db) =>
  db
    .selectFrom('instances')
    .leftJoin('workload_versions', (join) =>
      join
        .onRef('workload_versions.workload_id', '=', 'instances.workload_id')
        .onRef('workload_versions.version', '=', 'instances.workload_version'),
    )
    .select(['instances.env', 'instances.variables', 'workload_versions.document'])
    .execute()
