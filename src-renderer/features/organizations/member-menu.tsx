import { Link } from '@tanstack/react-router'
import { Ellipsis, LogOut, ShieldCheck, SlidersHorizontal, User, UserMinus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Member } from '#contract/members'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { useMemberActions } from './member-actions.tsx'

/** What the signed-in person may do with a member; nothing that would be refused. */
export function MemberMenu({ member }: { member: Member }) {
  const { t } = useTranslation()
  const { powersOver, changeRole, ask } = useMemberActions()
  const powers = powersOver(member)
  return (
    <Menu
      trigger={
        <IconButton icon={Ellipsis} size="sm" label={t('organizations.members.more', { email: member.email })} />
      }
    >
      <MenuItem
        icon={SlidersHorizontal}
        render={<Link to="/organization/members/$userId" params={{ userId: member.user_id }} />}
      >
        {t('organizations.members.permissions')}
      </MenuItem>
      {powers.changeRole && (
        <MenuItem
          icon={member.role === 'user' ? ShieldCheck : User}
          onClick={() => changeRole(member, member.role === 'user' ? 'admin' : 'user')}
        >
          {t(member.role === 'user' ? 'organizations.members.makeAdmin' : 'organizations.members.makeUser')}
        </MenuItem>
      )}
      {(powers.remove || powers.leave) && <MenuSeparator />}
      {powers.remove && (
        <MenuItem icon={UserMinus} tone="danger" onClick={() => ask(member)}>
          {t('organizations.members.remove')}
        </MenuItem>
      )}
      {powers.leave && (
        <MenuItem icon={LogOut} tone="danger" onClick={() => ask(member)}>
          {t('organizations.members.leave')}
        </MenuItem>
      )}
    </Menu>
  )
}
