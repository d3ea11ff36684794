import {
  KeyRound,
  KeySquare,
  Layers,
  LayoutDashboard,
  LayoutGrid,
  LifeBuoy,
  type LucideIcon,
  Monitor,
  Palette,
  Server,
  Settings,
  ShieldCheck,
  Terminal,
  Truck,
  UserRound,
  Users,
} from 'lucide-react'
import type { Me } from '#contract/auth'
import type { Permission } from '#contract/permissions'

type Place = {
  to: string
  name: string
  icon: LucideIcon
  under: readonly string[]
  parts?: readonly { to: string; name: string }[]
  /** Without this right there is nothing to see there. */
  needs?: Permission
}

/** The pages that people go to most: a phone has room for these and More. */
export const barPlaces = [
  { to: '/', name: 'overview', icon: LayoutDashboard, under: [] },
  { to: '/servers', name: 'servers', icon: Server, under: ['/deploy'] },
  {
    to: '/templates',
    name: 'templates',
    icon: LayoutGrid,
    under: ['/workloads'],
    needs: 'workloads.view',
    parts: [
      { to: '/templates', name: 'gallery' },
      { to: '/workloads', name: 'workloads' },
    ],
  },
  {
    to: '/machines',
    name: 'machines',
    icon: Monitor,
    under: ['/moves'],
    needs: 'nodes.view',
    parts: [
      { to: '/machines', name: 'allMachines' },
      { to: '/moves', name: 'moves' },
    ],
  },
] as const satisfies readonly Place[]

const sshPlace = {
  to: '/ssh',
  name: 'ssh',
  icon: KeySquare,
  under: [],
  needs: 'nodes.ssh.login',
} as const satisfies Place

/** The pages that one can go to from anywhere. Only what exists is here. */
export const places = [...barPlaces, sshPlace] as const satisfies readonly Place[]

/** At the foot of the navigation. */
export const footPlaces = [
  { to: '/organization', name: 'organization', icon: Users, under: [] },
  { to: '/settings', name: 'settings', icon: Settings, under: [] },
  { to: '/admin', name: 'admin', icon: ShieldCheck, under: [], needs: 'platform.admin' },
] as const satisfies readonly Place[]

/** Behind More on a phone. */
export const morePlaces = [
  { to: '/workloads', name: 'workloads', icon: Layers, under: [], needs: 'workloads.view' },
  { to: '/moves', name: 'moves', icon: Truck, under: [], needs: 'nodes.view' },
  sshPlace,
  ...footPlaces,
] as const satisfies readonly Place[]

/** The sections of a person's own settings. */
export const settingsPlaces = [
  { to: '/settings', name: 'profile', icon: UserRound },
  { to: '/settings/preferences', name: 'preferences', icon: Palette },
  { to: '/settings/security', name: 'security', icon: ShieldCheck },
  { to: '/settings/tokens', name: 'tokens', icon: Terminal },
  { to: '/settings/keys', name: 'keys', icon: KeyRound },
  { to: '/settings/support', name: 'support', icon: LifeBuoy },
] as const satisfies readonly Pick<Place, 'to' | 'name' | 'icon'>[]

/** Those of the places where this person finds something. */
export const openTo = <P extends Place>(list: readonly P[], me: Me | undefined): P[] =>
  list.filter(({ needs }) => needs === undefined || me === undefined || me.permissions.includes(needs))

/** Whether an address belongs to a place: `/servers/1` to Servers, but only `/` to Overview. */
export const isAt = (pathname: string, to: string): boolean =>
  to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`)

const lists = ['servers', 'machines', 'moves', 'workloads', 'organization'] as const

/** Where to stay in another organization: what is shown of this one does not exist there, but its list does. */
export function listOf(pathname: string): string {
  const [, first = ''] = pathname.split('/')
  if (first === 'deploy') return '/templates'
  return lists.some((name) => name === first) ? `/${first}` : pathname
}
