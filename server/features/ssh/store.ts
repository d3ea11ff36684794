import { type Insertable, sql, type Updateable } from 'kysely'
import type { SshCaKey, SshCertificate } from '#contract/ssh'
import { listEffects } from '#server/db/member-rights'
import { readSetting, writeSetting } from '#server/db/settings'
import type { Db } from '#server/db/schema'

export interface SshCaKeysTable {
  id: string
  state: SshCaKey['state']
  public_key: string
  fingerprint: string
  /** The private half. Never leaves the service. */
  sealed_private_key: string
  created_at: string
  activated_at: string | null
  retiring_at: string | null
  retired_at: string | null
}

export interface SshCertificatesTable {
  id: string
  organization_id: string
  /** Decimal: it has 64 bits. */
  serial_number: string
  key_id: string
  purpose: SshCertificate['purpose']
  ca_key_id: string
  user_id: string | null
  /** What it ends with: the session of one for the browser, or the API token that asked for it. */
  session_id: string | null
  email: string
  node_id: string | null
  /** JSON arrays. */
  principals: string
  extensions: string
  force_command: string | null
  source_addresses: string
  public_key_fingerprint: string
  certificate: string
  valid_after: string
  valid_before: string
  created_at: string
  revoked_at: string | null
  revoked_by: string | null
  revoke_reason: string | null
}

// CA keys.

export const insertCaKey = (db: Db, row: Insertable<SshCaKeysTable>) =>
  db
    .insertInto('ssh_ca_keys')
    .values(row)
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst()

export const findCaKey = (db: Db, state: SshCaKey['state']) =>
  db.selectFrom('ssh_ca_keys').selectAll().where('state', '=', state).orderBy('id').executeTakeFirst()
export type CaKeyRow = NonNullable<Awaited<ReturnType<typeof findCaKey>>>

/** The ones that machines are to trust: active, next, retiring. */
export const listTrusted = (db: Db) =>
  db
    .selectFrom('ssh_ca_keys')
    .select(['id', 'state', 'public_key', 'fingerprint'])
    .where('state', '!=', 'retired')
    .orderBy(sql`case state when 'active' then 0 when 'next' then 1 else 2 end`)
    .orderBy('id', 'desc')
    .execute()

/** Newest first, with how many good certificates each has signed. */
export const listCaKeys = (db: Db, now: string) =>
  db
    .selectFrom('ssh_ca_keys')
    .select(({ selectFrom }) => [
      'id',
      'state',
      'public_key',
      'fingerprint',
      'created_at',
      'activated_at',
      'retiring_at',
      'retired_at',
      selectFrom('ssh_certificates')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .whereRef('ssh_certificates.ca_key_id', '=', 'ssh_ca_keys.id')
        .where('valid_before', '>', now)
        .where('revoked_at', 'is', null)
        .as('certificates_valid'),
    ])
    .orderBy('id', 'desc')
    .limit(200)
    .execute()

export const updateCaKey = (db: Db, id: string, change: Updateable<SshCaKeysTable>) =>
  db.updateTable('ssh_ca_keys').set(change).where('id', '=', id).execute()

/** Those being retired whose last certificate is over. */
export const retireKeys = (db: Db, now: string) =>
  db
    .updateTable('ssh_ca_keys')
    .set({ state: 'retired', retired_at: now })
    .where('state', '=', 'retiring')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('ssh_certificates')
            .select('id')
            .whereRef('ssh_certificates.ca_key_id', '=', 'ssh_ca_keys.id')
            .where('valid_before', '>', now)
            .where('revoked_at', 'is', null),
        ),
      ),
    )
    .returning(['id', 'fingerprint'])
    .execute()

// Certificates.

/** Undefined when the serial number is another's. */
export const insertCertificate = (
  db: Db,
  row: Omit<Insertable<SshCertificatesTable>, 'revoked_at' | 'revoked_by' | 'revoke_reason'>,
) =>
  db
    .insertInto('ssh_certificates')
    .values(row)
    .onConflict((on) => on.column('serial_number').doNothing())
    .returning('id')
    .executeTakeFirst()

const selectCertificates = (db: Db) =>
  db
    .selectFrom('ssh_certificates as c')
    .innerJoin('ssh_ca_keys', 'ssh_ca_keys.id', 'c.ca_key_id')
    .leftJoin('nodes', 'nodes.id', 'c.node_id')
    .select([
      'c.id',
      'c.serial_number',
      'c.key_id',
      'c.purpose',
      'c.user_id',
      'c.email',
      'c.node_id',
      'nodes.name as node_name',
      'c.principals',
      'c.extensions',
      'c.force_command',
      'c.source_addresses',
      'c.public_key_fingerprint',
      'ssh_ca_keys.fingerprint as ca_fingerprint',
      'c.certificate',
      'c.valid_after',
      'c.valid_before',
      'c.created_at',
      'c.revoked_at',
      'c.revoked_by',
      'c.revoke_reason',
    ])

export const listCertificates = (
  db: Db,
  filter: {
    organization_id: string
    /** Only this person's. */
    user_id: string | undefined
    node_id: string | undefined
    state: SshCertificate['state'] | undefined
    now: string
    before: string | undefined
    limit: number
  },
) =>
  selectCertificates(db)
    .where('c.organization_id', '=', filter.organization_id)
    .$if(filter.user_id !== undefined, (query) => query.where('c.user_id', '=', filter.user_id ?? ''))
    .$if(filter.node_id !== undefined, (query) => query.where('c.node_id', '=', filter.node_id ?? ''))
    .$if(filter.state === 'revoked', (query) => query.where('c.revoked_at', 'is not', null))
    .$if(filter.state === 'valid', (query) =>
      query.where('c.revoked_at', 'is', null).where('c.valid_before', '>', filter.now),
    )
    .$if(filter.state === 'expired', (query) =>
      query.where('c.revoked_at', 'is', null).where('c.valid_before', '<=', filter.now),
    )
    .$if(filter.before !== undefined, (query) => query.where('c.id', '<', filter.before ?? ''))
    .orderBy('c.id', 'desc')
    .limit(filter.limit + 1)
    .execute()

export const findCertificate = (db: Db, organization_id: string, id: string) =>
  selectCertificates(db).where('c.id', '=', id).where('c.organization_id', '=', organization_id).executeTakeFirst()
export type CertificateRow = NonNullable<Awaited<ReturnType<typeof findCertificate>>>

const good = (db: Db, now: string) =>
  db.selectFrom('ssh_certificates').where('revoked_at', 'is', null).where('valid_before', '>', now)

/** Whose good certificates there are, by organization; of one person, of one organization, or of all. */
export const listHolders = (db: Db, now: string, only: { user_id?: string; organization_id?: string }) =>
  good(db, now)
    .select(['organization_id', 'user_id'])
    .$if(only.user_id !== undefined, (query) =>
      // One that was deleted is in nobody's name any more.
      query.where(({ eb, or }) => or([eb('user_id', '=', only.user_id ?? ''), eb('user_id', 'is', null)])),
    )
    .$if(only.organization_id !== undefined, (query) => query.where('organization_id', '=', only.organization_id ?? ''))
    .distinct()
    .execute()

export const listGoodOf = (db: Db, now: string, organization_id: string, user_id: string | null) =>
  good(db, now)
    .select(['id', 'principals'])
    .where('organization_id', '=', organization_id)
    .where('user_id', 'is', user_id)
    .execute()

export const listGoodOfSession = (db: Db, now: string, session_id: string) =>
  good(db, now).select('id').where('session_id', '=', session_id).execute()

/** Of a person's sessions in the browser, but for one. */
export const listGoodOfSessions = (db: Db, now: string, user_id: string, except: string | undefined) =>
  good(db, now)
    .select('id')
    .where('user_id', '=', user_id)
    .where('purpose', '=', 'browser')
    .$if(except !== undefined, (query) => query.where('session_id', '!=', except ?? ''))
    .execute()

/** Undefined when it is revoked already. */
export const revokeCertificate = (
  db: Db,
  id: string,
  change: { revoked_at: string; revoked_by: string | null; revoke_reason: string | null },
) =>
  db
    .updateTable('ssh_certificates')
    .set(change)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning(['id', 'organization_id', 'user_id', 'email', 'serial_number', 'key_id', 'valid_before'])
    .executeTakeFirst()

/** What a revocation list must name: whatever else is over by itself. */
export const listRevoked = (db: Db, now: string) =>
  db
    .selectFrom('ssh_certificates')
    .innerJoin('ssh_ca_keys', 'ssh_ca_keys.id', 'ssh_certificates.ca_key_id')
    .select(['ssh_certificates.serial_number', 'ssh_certificates.key_id', 'ssh_ca_keys.public_key'])
    .where('ssh_certificates.revoked_at', 'is not', null)
    .where('ssh_certificates.valid_before', '>', now)
    .where('ssh_ca_keys.state', '!=', 'retired')
    .orderBy('ssh_certificates.id')
    .execute()

export const deleteOldCertificates = (db: Db, before: string) =>
  db.deleteFrom('ssh_certificates').where('valid_before', '<', before).execute()

// The revocation list.

const KRL = 'ssh_krl'
export const krlVersion = async (db: Db): Promise<number> => (await readSetting(db, KRL, { version: 1 })).version

/** In the transaction of a revocation. */
export async function growKrl(db: Db, now: string): Promise<number> {
  const version = (await krlVersion(db)) + 1
  await writeSetting(db, KRL, { version }, now)
  return version
}

// Who may log in, and where.

/** A member as they stand now; undefined for somebody who is none, or is suspended. */
export async function findMember(db: Db, organization_id: string, user_id: string) {
  const member = await db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('memberships.role')
    .where('memberships.organization_id', '=', organization_id)
    .where('memberships.user_id', '=', user_id)
    .where('users.suspended_at', 'is', null)
    .executeTakeFirst()
  return member && { role: member.role, effects: await listEffects(db, organization_id, user_id) }
}

export const findNode = (db: Db, organization_id: string, id: string) =>
  db
    .selectFrom('nodes')
    .select(['id', 'name'])
    .where('id', '=', id)
    .where('organization_id', '=', organization_id)
    .executeTakeFirst()

export const findOrganizationOf = (db: Db, node_id: string) =>
  db.selectFrom('nodes').select('organization_id').where('id', '=', node_id).executeTakeFirst()

/** Machines whose agents told how their sshd stands. */
export const listNodes = (db: Db) =>
  db.selectFrom('nodes').select(['id', 'name', 'features']).where('features', 'is not', null).orderBy('id').execute()
