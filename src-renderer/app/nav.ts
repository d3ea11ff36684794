import { LayoutDashboard, LayoutGrid, type LucideIcon, Monitor, Server } from 'lucide-react'

/** The pages that one can go to from anywhere. Only what exists is here. */
export const places = [
  { to: '/', name: 'overview', icon: LayoutDashboard, under: [] },
  { to: '/servers', name: 'servers', icon: Server, under: ['/deploy'] },
  {
    to: '/templates',
    name: 'templates',
    icon: LayoutGrid,
    under: ['/workloads'],
    parts: [
      { to: '/templates', name: 'gallery' },
      { to: '/workloads', name: 'workloads' },
    ],
  },
  { to: '/machines', name: 'machines', icon: Monitor, under: [] },
] as const satisfies readonly {
  to: string
  name: string
  icon: LucideIcon
  under: readonly string[]
  parts?: readonly { to: string; name: string }[]
}[]

/** Whether an address belongs to a place: `/servers/1` to Servers, but only `/` to Overview. */
export const isAt = (pathname: string, to: string): boolean =>
  to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`)
