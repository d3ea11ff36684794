import { common } from './common.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'
import { states } from './states.ts'

/** Spoken on every page. */
const early = { common, problems, states, shell }

/** Loaded with the pages that speak them; `app/routes-*.tsx` say which. A new feature is one line here. */
const late = {
  access: async () => (await import('./access.ts')).access,
  activity: async () => (await import('./activity.ts')).activity,
  admin: async () => (await import('./admin.ts')).admin,
  adminSettings: async () => (await import('./admin-settings.ts')).adminSettings,
  auth: async () => (await import('./auth.ts')).auth,
  charts: async () => (await import('./charts.ts')).charts,
  console: async () => (await import('./console.ts')).consoleWords,
  deploy: async () => (await import('./deploy.ts')).deploy,
  factors: async () => (await import('./factors.ts')).factors,
  files: async () => (await import('./files.ts')).files,
  instances: async () => (await import('./instances.ts')).instances,
  inventory: async () => (await import('./inventory.ts')).inventory,
  joining: async () => (await import('./joining.ts')).joining,
  migrations: async () => (await import('./migrations.ts')).migrations,
  nodes: async () => (await import('./nodes.ts')).nodes,
  organizations: async () => (await import('./organizations.ts')).organizations,
  overview: async () => (await import('./overview.ts')).overview,
  permissions: async () => (await import('./permissions.ts')).permissions,
  reasons: async () => (await import('./reasons.ts')).reasons,
  security: async () => (await import('./security.ts')).security,
  settings: async () => (await import('./settings.ts')).settings,
  ssh: async () => (await import('./ssh.ts')).ssh,
  sshLogin: async () => (await import('./ssh-login.ts')).sshLogin,
  support: async () => (await import('./support.ts')).support,
  terminal: async () => (await import('./terminal.ts')).terminal,
  templates: async () => (await import('./templates.ts')).templates,
  tokens: async () => (await import('./tokens.ts')).tokens,
  workloads: async () => (await import('./workloads.ts')).workloads,
}

type Words<F> = F extends () => Promise<infer W> ? W : F
type English<F> = Words<F> extends { en: infer E } ? E : never
type Features = typeof early & typeof late

export type LateWords = keyof typeof late
/** Every word of the dashboard: `feature.key`. */
export type Catalogue = { [F in keyof Features]: English<Features[F]> }

export const earlyWords = early
export const lateWords: Record<LateWords, () => Promise<{ en: object; 'pt-BR': object }>> = late
