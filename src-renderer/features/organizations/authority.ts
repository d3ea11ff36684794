import type { Me } from '#contract/auth'
import type { Member } from '#contract/members'
import type { Permission, Role } from '#contract/permissions'

const rank: Record<Role, number> = { user: 0, admin: 1, owner: 2 }

/** What the signed-in person may do with a member. The server decides; this keeps menus honest. */
export function powersOver(me: Me, member: Pick<Member, 'user_id' | 'role'>) {
  const mine = me.organization?.role
  const isSelf = member.user_id === me.id
  const isAbove = !isSelf && mine !== undefined && rank[mine] > rank[member.role]
  const may = (permission: Permission) => isAbove && me.permissions.includes(permission)
  return {
    changeRole: may('members.update'),
    changeRights: may('members.update'),
    remove: may('members.remove'),
    leave: isSelf && mine !== undefined && mine !== 'owner',
  }
}
