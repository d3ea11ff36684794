import { getMe } from '#contract/auth'
import type { Input, Output } from '#contract/operation'
import {
  type createOrganization,
  getOrganization,
  listOrganizations,
  type Organization,
  type updateOrganization,
} from '#contract/organizations'
import { listMembers } from '#contract/members'
import { type listOrganizationAuditLogs } from '#contract/audit'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { conflict, forbidden, invalid, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Deps } from './deps.ts'
import { createInvites } from './invites.ts'
import { makeOrganization, slugTaken } from './making.ts'
import { createMembers } from './members.ts'
import * as members from './members/store.ts'
import { actorOf, standingOf } from './standing.ts'
import * as store from './store.ts'
import { describeHoldings } from './words.ts'

const MAX_OWNED = 20
/** The database orders letters with accents after all others. */
const byName = new Intl.Collator('en', { numeric: true })

const toOrganization = ({ default_organization_id, ...row }: store.OrganizationRow): Organization => ({
  ...row,
  is_default: row.id === default_organization_id,
  members: Number(row.members),
  nodes: Number(row.nodes),
  workloads: Number(row.workloads),
  instances: Number(row.instances),
})

const subjectOf = ({ id, name }: { id: string; name: string }) => ({ type: 'organization', id, name })
const gone = () => notFound('organization_not_found', 'There is no such organization.')
const tooMany = (whose: string) =>
  conflict('organization_limit', `${whose} ${MAX_OWNED} organizations already, which is as many as one person can own.`)

/** Organizations: what they are called, who owns them, who belongs to them. */
export function createOrganizationsService(deps: Deps) {
  const { db, clock, audit, publish, live } = deps
  const invites = createInvites(deps)

  async function get(caller: Caller, id = caller.organization_id): Promise<Organization> {
    const [row] = await store.listOrganizations(db, caller.user_id, id)
    if (!row) throw gone()
    return toOrganization(row)
  }
  const changed = (organization_id: string, kind: string) =>
    publish({ organization_id, kind, stale: [listOrganizations, getOrganization, getMe, listMembers] })

  async function assertMayOwnOneMore(db: Db, userId: string, whose: string): Promise<void> {
    await store.takeTurnOfUser(db, userId)
    if ((await store.countOwned(db, userId)) >= MAX_OWNED) throw tooMany(whose)
  }

  return {
    members: createMembers(deps),
    invites,
    get: (caller: Caller) => get(caller),
    acceptInvite: async (caller: Caller, token: string) => get(caller, await invites.accept(caller, token)),

    /** An API token sees the organization it was made in. */
    async list({ user_id, credential, organization_id }: Caller): Promise<Output<typeof listOrganizations>> {
      const rows = await store.listOrganizations(db, user_id, credential === 'token' ? organization_id : undefined)
      const items = rows.map(toOrganization).sort((one, other) => byName.compare(one.name, other.name))
      return { items, next_cursor: null }
    },

    async create(caller: Caller, input: Input<typeof createOrganization>['body']): Promise<Organization> {
      const owner = { id: caller.user_id, email: caller.email }
      const id = await inTransaction(db, async (db) => {
        await assertMayOwnOneMore(db, owner.id, 'You own')
        const id = await makeOrganization(db, { clock, audit }, owner, { ...input, ip: caller.ip })
        await store.setFirstDefault(db, owner.id, id)
        return id
      })
      await live.recheckUser(caller.user_id)
      if (caller.organization_id) changed(caller.organization_id, 'organization.created')
      return get(caller, id)
    },

    async update(caller: Caller, input: Input<typeof updateOrganization>['body']): Promise<Organization> {
      const { organization_id: id } = caller
      await inTransaction(db, async (db) => {
        const before = await store.takeTurn(db, id)
        if (!before) throw gone()
        const name = input.name?.trim() ?? before.name
        const slug = input.slug ?? before.slug
        if (name === before.name && slug === before.slug) return
        if (!(await store.updateOrganization(db, id, { name, slug, updated_at: isoNow(clock) }))) throw slugTaken()
        const details = { from: { name: before.name, slug: before.slug }, to: { name, slug } }
        await audit(db, {
          ...byCaller(caller),
          action: 'organization.updated',
          subject: subjectOf({ id, name }),
          details,
        })
      })
      // Names of organizations are part of remembered callers.
      await live.recheckOrganization(id)
      changed(id, 'organization.updated')
      return get(caller)
    },

    /** Its workloads, invitations and tokens go with it; machines and servers must be gone before. */
    async remove(caller: Caller, confirm: string): Promise<void> {
      const { organization_id: id } = caller
      await inTransaction(db, async (db) => {
        const organization = await store.takeTurn(db, id)
        if (!organization) throw gone()
        const { name } = organization
        if (confirm.trim() !== name) {
          throw invalid('name_mismatch', `Type the name of the organization, ${name}, to delete it.`)
        }
        const held = await store.holdings(db, id)
        if (Number(held.nodes) + Number(held.instances) > 0) {
          throw conflict('organization_in_use', describeHoldings(name, held))
        }
        for (const { token_hash } of await invites.openOf(db, id)) await deps.mail.forgetLink(db, token_hash)
        await store.moveDefaults(db, id)
        await store.deleteOrganization(db, id)
        await audit(db, {
          ...byCaller(caller),
          action: 'organization.deleted',
          subject: subjectOf({ id, name }),
          details: held,
        })
      })
      changed(id, 'organization.deleted')
      await live.recheckOrganization(id)
    },

    async setDefault(caller: Caller): Promise<Organization> {
      const { id, name } = await get(caller)
      await inTransaction(db, async (db) => {
        await store.setDefault(db, caller.user_id, id)
        await audit(db, {
          ...byCaller(caller),
          action: 'organization.made_default',
          subject: subjectOf({ id, name }),
        })
      })
      await live.recheckUser(caller.user_id)
      changed(caller.organization_id, 'organization.default_changed')
      return get(caller)
    },

    /** The old owner becomes an administrator in the same moment. */
    async transfer(caller: Caller, userId: string): Promise<Organization> {
      const { organization_id: id } = caller
      await inTransaction(db, async (db) => {
        const organization = await store.takeTurn(db, id)
        if (!organization) throw gone()
        const actor = await actorOf(db, caller, 'organization.transfer')
        const heir = await standingOf(db, id, userId)
        if (!heir) throw notFound('member_not_found', 'There is no such member. Invite them first.')
        if (heir.user_id === actor.user_id) throw conflict('already_owner', 'You own this organization already.')
        if (heir.suspended) throw conflict('member_suspended', `${heir.email} is suspended. Choose somebody else.`)
        await assertMayOwnOneMore(db, heir.user_id, `${heir.email} owns`)
        const isGiven =
          (await store.changeRole(db, id, actor.user_id, 'owner', 'admin')) &&
          (await store.changeRole(db, id, heir.user_id, heir.role, 'owner'))
        if (!isGiven) throw forbidden('not_the_owner', 'Only the owner may hand the organization over.')
        // An owner holds everything; what was set for them before would come back with their next role.
        await members.deleteEffects(db, id, heir.user_id)
        await audit(db, {
          ...byCaller(caller),
          action: 'organization.transferred',
          subject: subjectOf(organization),
          details: { to: heir.email },
        })
      })
      await live.recheckOrganization(id)
      changed(id, 'organization.transferred')
      return get(caller)
    },

    async listAudit(
      { organization_id }: Caller,
      { cursor, limit = 50, ...filter }: Input<typeof listOrganizationAuditLogs>['query'],
    ): Promise<Output<typeof listOrganizationAuditLogs>> {
      const rows = await store.listAudit(db, { ...filter, organization_id, before: fromCursor(cursor) }, limit)
      return toPage(rows, limit)
    },
  }
}
export type OrganizationsService = ReturnType<typeof createOrganizationsService>
