import type { Input } from '#contract/operation'
import type { inviteMember } from '#contract/invites'
import type { InstancePermission, Permission } from '#contract/permissions'

/** Seconds that an invitation is good for. */
export const expiries = { hour: 3600, day: 86_400, week: 604_800, month: 2_592_000 }

/** Rights on chosen servers, by the id of each. */
export type Shares = ReadonlyMap<string, readonly InstancePermission[]>

export type InviteForm = {
  way: 'mail' | 'link'
  email: string
  role: 'admin' | 'user'
  scope: 'deploy' | 'chosen'
  shares: Shares
  expiry: keyof typeof expiries
}

export const emptyInvite = (way: InviteForm['way']): InviteForm => ({
  way,
  email: '',
  role: 'user',
  scope: 'deploy',
  shares: new Map(),
  expiry: 'week',
})

/** What the role user would give and somebody who is here for chosen servers only shall not have. */
const beyondChosen = [
  'instances.create',
  'workloads.create',
  'workloads.view',
  'nodes.view',
] as const satisfies readonly Permission[]

/** Loose, for only a mail that arrives proves an address. */
const isAddress = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)

const isChosen = ({ role, scope }: InviteForm) => role === 'user' && scope === 'chosen'

export const checkInvite = (form: InviteForm) => ({
  email: form.way === 'mail' && !isAddress(form.email.trim()),
  shares: isChosen(form) && form.shares.size === 0,
})

export function inviteBody(form: InviteForm): Input<typeof inviteMember>['body'] {
  const { way, email, role, shares, expiry } = form
  return {
    role,
    expires_in: expiries[expiry],
    ...(way === 'mail' && { email: email.trim() }),
    ...(isChosen(form) && {
      denials: [...beyondChosen],
      instances: [...shares].map(([instance_id, permissions]) => ({ instance_id, permissions: [...permissions] })),
    }),
  }
}
