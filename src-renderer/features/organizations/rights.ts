import type { MemberPermissions } from '#contract/members'
import { grantablePermissions, ownedPermissions, type Role } from '#contract/permissions'

export type Right = MemberPermissions['items'][number]
export type Effect = Right['effect']

const nouns = ['instances', 'workloads', 'nodes', 'members', 'organization', 'audit', 'platform', 'other'] as const
export type Noun = (typeof nouns)[number]

const grantable = new Set<string>(grantablePermissions)
const owned = new Set<string>(ownedPermissions)

export const isGrantable = (key: string): boolean => grantable.has(key)

const nounOf = (key: string): Noun => nouns.find((noun) => key.startsWith(`${noun}.`)) ?? 'other'

/** By what they are about, what people ask for most first. What can neither be given nor is held says nothing. */
export function groupRights(items: readonly Right[]): { noun: Noun; items: Right[] }[] {
  const told = items.filter(({ key, effective }) => isGrantable(key) || effective !== 'none')
  return nouns
    .map((noun) => ({ noun, items: told.filter(({ key }) => nounOf(key) === noun) }))
    .filter((group) => group.items.length > 0)
}

/** What the role alone gives: some rights it gives to users for their own things only. */
export const byRole = ({ key, by_role: isGiven }: Right, role: Role): 'yes' | 'own' | 'no' =>
  !isGiven ? 'no' : role === 'user' && owned.has(key) ? 'own' : 'yes'

/** "All" where it is about many objects, else a plain yes. */
export const resultOf = ({ key, effective }: Right): 'none' | 'own' | 'all' | 'yes' =>
  effective === 'all' && !owned.has(key) ? 'yes' : effective
