import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import type { Me } from '#contract/auth'
import type { Member } from '#contract/members'
import { powersOver } from './authority.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { RemoveMember } from './remove-member.tsx'
import { useChangeRole } from './use-change-role.ts'

type MemberActions = {
  powersOver: (member: Member) => ReturnType<typeof powersOver>
  changeRole: (member: Member, role: 'admin' | 'user') => void
  /** Asks before somebody is removed, or leaves. */
  ask: (member: Member) => void
}
const Context = createContext<MemberActions | undefined>(undefined)

export function useMemberActions(): MemberActions {
  const actions = useContext(Context)
  if (!actions) throw new Error('A member is outside of their list.')
  return actions
}

/** What rows and cards of members can do, held once for all of them. */
export function MemberActionsProvider({ me, orgId, children }: { me: Me; orgId: string; children: ReactNode }) {
  const [asked, setAsked] = useState<Member>()
  const changeRole = useChangeRole(orgId)
  const actions = useMemo(
    () => ({ powersOver: (member: Member) => powersOver(me, member), changeRole, ask: setAsked }),
    [me, changeRole],
  )
  const close = (isOpen: boolean) => !isOpen && setAsked(undefined)
  const name = me.organization?.name ?? ''
  return (
    <Context value={actions}>
      {children}
      {asked &&
        (asked.user_id === me.id ? (
          <LeaveDialog orgId={orgId} userId={me.id} name={name} open onOpenChange={close} />
        ) : (
          <RemoveMember orgId={orgId} member={asked} name={name} onOpenChange={close} />
        ))}
    </Context>
  )
}
