import { shareInstance } from '#contract/access'
import { inviteMember } from '#contract/invites'
import { setMemberPermission } from '#contract/members'
import { madeId, nothing, type Recipe, type Recipes } from './setting.ts'

const here: Recipe = async (it) => ({ params: { orgId: it.organization_id } })
const onMember: Recipe = async (it) => ({ params: { orgId: it.organization_id, userId: (await it.member()).id } })
const permissions = ['instances.view', 'instances.console']
const onShare: Recipe = async (it) => {
  const id = await it.server()
  const friend = await it.member()
  await it.app.signedIn(shareInstance, { params: { id }, body: { email: friend.email, permissions } })
  return { params: { id, userId: friend.id } }
}

/** Organizations, who belongs to them, and servers that are shared. */
export const organizationRecipes: Recipes = {
  listOrganizations: nothing,
  createOrganization: async () => ({ body: { name: 'Second' } }),
  getOrganization: here,
  updateOrganization: async (it) => ({ ...(await here(it)), body: { name: 'Renamed' } }),
  deleteOrganization: async (it) => ({ ...(await here(it)), query: { confirm: it.organization_name } }),
  setDefaultOrganization: here,
  transferOrganization: async (it) => ({ ...(await here(it)), body: { user_id: (await it.member()).id } }),
  listPermissions: nothing,
  listOrganizationAuditLogs: here,

  listMembers: here,
  removeMember: onMember,
  updateMemberRole: async (it) => ({ ...(await onMember(it)), body: { role: 'admin' } }),
  getMemberPermissions: onMember,
  setMemberPermission: async (it) => ({ ...(await onMember(it)), body: { key: 'nodes.create', effect: 'grant' } }),
  removeMemberPermission: async (it) => {
    const { params } = await onMember(it)
    await it.app.signedIn(setMemberPermission, { params: params ?? {}, body: { key: 'nodes.create', effect: 'grant' } })
    return { params: { ...params, key: 'nodes.create' } }
  },

  listInvites: here,
  inviteMember: async (it) => ({ ...(await here(it)), body: { email: 'friend@example.com' } }),
  deleteInvite: async (it) => {
    const invite = await it.app.signedIn(inviteMember, { ...(await here(it)), body: {} })
    return { params: { orgId: it.organization_id, inviteId: madeId(invite) } }
  },
  acceptInvite: async (it) => {
    const { organization_id: orgId, token } = await it.account()
    const invite = await it.app.call(inviteMember, { params: { orgId }, body: {} }, { token })
    return { params: { token: tokenIn(invite.json().link) } }
  },

  listInstanceAccess: async (it) => ({ params: { id: await it.server() } }),
  shareInstance: async (it) => ({
    params: { id: await it.server() },
    body: { email: (await it.member()).email, permissions },
  }),
  updateInstanceAccess: async (it) => ({ ...(await onShare(it)), body: { permissions: ['instances.view'] } }),
  removeInstanceAccess: onShare,
}

/** Links carry their token in the fragment. */
export const tokenIn = (link: string): string => new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? ''
