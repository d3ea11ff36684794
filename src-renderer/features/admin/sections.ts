import {
  Activity,
  Building2,
  DatabaseBackup,
  KeyRound,
  LifeBuoy,
  type LucideIcon,
  Mail,
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
  signIn: KeyRound,
  mail: Mail,
  logs: FileCog,
  backup: DatabaseBackup,
  support: LifeBuoy,
}
