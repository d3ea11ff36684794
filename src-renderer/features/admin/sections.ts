import {
  Activity,
  Building2,
  Cable,
  DatabaseBackup,
  KeyRound,
  KeySquare,
  LifeBuoy,
  type LucideIcon,
  Mail,
  Network,
  ScrollText,
  FileCog,
  Users,
} from 'lucide-react'

/** The parts of the administration, in the order in which an operator looks at them. */
export const sections = [
  'overview',
  'users',
  'organizations',
  'audit',
  'network',
  'tunnel',
  'sshCa',
  'signIn',
  'mail',
  'logs',
  'backup',
  'support',
] as const
export type Section = (typeof sections)[number]

export const sectionIcons: Record<Section, LucideIcon> = {
  overview: Activity,
  users: Users,
  organizations: Building2,
  audit: ScrollText,
  network: Network,
  tunnel: Cable,
  sshCa: KeySquare,
  signIn: KeyRound,
  mail: Mail,
  logs: FileCog,
  backup: DatabaseBackup,
  support: LifeBuoy,
}
