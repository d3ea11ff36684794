import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { getBootstrapStatus, getMe } from '#contract/auth'
import { instanceStates } from '#contract/instances'
import { nodeStates } from '#contract/nodes'
import { certificateStates } from '#contract/ssh'
import { templateCategories } from '#contract/templates'
import { auditNouns, auditOutcomes, auditTimes } from '../features/organizations/audit-filter.ts'
import { nodeTabs } from '../features/nodes/tab-names.ts'
import { loadWords } from '../lib/i18n.ts'
import { sections } from '../features/admin/sections.ts'
import { queryFor } from '../lib/query.ts'
import { choiceParam, present, textParam } from '../lib/search.ts'
import { session } from '../lib/session.ts'
import { timeRangeParams } from '../lib/time-range.ts'
import type { LateWords } from '../messages/all.ts'
import { NotFoundPage, PageError, PagePending, StartError } from './page-states.tsx'
import { Shell } from './shell.tsx'

/** Every page of the dashboard and its address, on this one page. Pages load when they are opened. */

/** A page with the words that it speaks; both are loaded when it is opened. messages.test.ts finds one that is forgotten. */
const page = <M extends Record<string, unknown>, N extends keyof M & string>(
  load: () => Promise<M>,
  name: N,
  ...words: LateWords[]
) => lazyRouteComponent(async () => (await Promise.all([load(), loadWords(...words)]))[0], name)

type Context = { queryClient: QueryClient }
const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: StartError,
})

/** Where somebody wanted to go, if that is a page of ours. */
const ownPath = (to: string | undefined) => (to?.startsWith('/') && !to.startsWith('//') ? to : '/')

const toHere = (href: string) => (href === '/' ? {} : { to: href })

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  beforeLoad: async ({ context }) => {
    const status = await context.queryClient.fetchQuery(queryFor(getBootstrapStatus, {}))
    if (!status.needs_bootstrap) throw redirect({ to: '/' })
  },
  component: page(() => import('../features/auth/set-up-page.tsx'), 'SetUpPage', 'auth'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search) => present({ to: textParam(search, 'to') }),
  beforeLoad: async ({ context, search }) => {
    await session.ready()
    if (session.getState().status === 'signed-in') {
      throw redirect({ href: ownPath(search.to) })
    }
    const status = await context.queryClient.fetchQuery(queryFor(getBootstrapStatus, {}))
    if (status.needs_bootstrap) throw redirect({ to: '/set-up' })
  },
  component: page(() => import('../features/auth/sign-in-page.tsx'), 'SignInPage', 'auth', 'factors'),
})

/** Links that lead into the page: behind their `#` is a token that lib/link-secrets.ts has taken. */
const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  beforeLoad: async () => {
    await session.ready()
    if (session.getState().status === 'signed-in') throw redirect({ to: '/' })
  },
  component: page(() => import('../features/auth/register-page.tsx'), 'RegisterPage', 'auth', 'factors'),
})

const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: page(() => import('../features/auth/forgot-page.tsx'), 'ForgotPage', 'auth'),
})

const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: page(() => import('../features/auth/reset-page.tsx'), 'ResetPage', 'auth'),
})

const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  beforeLoad: () => session.ready(),
  component: page(() => import('../features/auth/invite-page.tsx'), 'InvitePage', 'auth', 'factors'),
})

/** The one page that is open to somebody who must set up a second factor. */
const enroll = createRoute({
  getParentRoute: () => root,
  path: '/secure-account',
  validateSearch: (search) => present({ to: textParam(search, 'to') }),
  beforeLoad: async ({ context, search }) => {
    await session.ready()
    if (session.getState().status !== 'signed-in') throw redirect({ to: '/sign-in', search })
    const me = await context.queryClient.ensureQueryData(queryFor(getMe, {}))
    if (!me.must_enroll_mfa) throw redirect({ href: ownPath(search.to) })
  },
  component: page(() => import('../features/auth/enroll-page.tsx'), 'EnrollPage', 'factors'),
})

/** Everything behind the sign-in, inside the shell. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    await session.ready()
    if (session.getState().status !== 'signed-in') {
      throw redirect({ to: '/sign-in', search: toHere(location.href) })
    }
    const me = await context.queryClient.ensureQueryData(queryFor(getMe, {}))
    if (me.must_enroll_mfa) throw redirect({ to: '/secure-account', search: toHere(location.href) })
  },
  component: Shell,
})

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: page(
    () => import('../features/overview/overview-page.tsx'),
    'OverviewPage',
    'overview',
    'activity',
    'reasons',
  ),
})

const instances = createRoute({
  getParentRoute: () => shell,
  path: '/servers',
  validateSearch: (search) =>
    present({
      search: textParam(search, 'search'),
      state: choiceParam(search, 'state', instanceStates),
      node_id: textParam(search, 'node_id'),
      workload_id: textParam(search, 'workload_id'),
    }),
  component: page(() => import('../features/instances/instances-page.tsx'), 'InstancesPage', 'instances', 'reasons'),
})

const instance = createRoute({
  getParentRoute: () => shell,
  path: '/servers/$instanceId',
  validateSearch: (search) => present({ tab: textParam(search, 'tab'), ...timeRangeParams(search) }),
  component: page(
    () => import('../features/instances/instance-page.tsx'),
    'InstancePage',
    'instances',
    'migrations',
    'access',
    'permissions',
    'console',
    'activity',
    'charts',
    'deploy',
    'templates',
    'workloads',
    'reasons',
  ),
})

const gallery = createRoute({
  getParentRoute: () => shell,
  path: '/templates',
  validateSearch: (search) =>
    present({ search: textParam(search, 'search'), category: choiceParam(search, 'category', templateCategories) }),
  component: page(() => import('../features/templates/gallery-page.tsx'), 'GalleryPage', 'templates', 'workloads'),
})

const workloads = createRoute({
  getParentRoute: () => shell,
  path: '/workloads',
  validateSearch: (search) =>
    present({ search: textParam(search, 'search'), runtime: choiceParam(search, 'runtime', ['docker', 'process']) }),
  component: page(
    () => import('../features/workloads/workloads-page.tsx'),
    'WorkloadsPage',
    'workloads',
    'templates',
    'instances',
  ),
})

/** `new` as the id is the editor with an empty document. */
const workload = createRoute({
  getParentRoute: () => shell,
  path: '/workloads/$workloadId',
  validateSearch: (search) => present({ tab: textParam(search, 'tab') }),
  component: page(() => import('../features/workloads/workload-page.tsx'), 'WorkloadPage', 'workloads', 'templates'),
})

const deploy = createRoute({
  getParentRoute: () => shell,
  path: '/deploy',
  validateSearch: (search) =>
    present({
      template: textParam(search, 'template'),
      workload: textParam(search, 'workload'),
      node: textParam(search, 'node'),
    }),
  component: page(() => import('../features/deploy/deploy-page.tsx'), 'DeployPage', 'deploy', 'templates', 'workloads'),
})

const nodes = createRoute({
  getParentRoute: () => shell,
  path: '/machines',
  validateSearch: (search) =>
    present({ search: textParam(search, 'search'), state: choiceParam(search, 'state', nodeStates) }),
  component: page(() => import('../features/nodes/nodes-page.tsx'), 'NodesPage', 'nodes', 'reasons'),
})

const addNode = createRoute({
  getParentRoute: () => shell,
  path: '/machines/add',
  component: page(() => import('../features/nodes/add-node-page.tsx'), 'AddNodePage', 'joining', 'nodes'),
})

const node = createRoute({
  getParentRoute: () => shell,
  path: '/machines/$nodeId',
  validateSearch: (search) =>
    present({
      tab: choiceParam(search, 'tab', nodeTabs),
      path: textParam(search, 'path'),
      file: textParam(search, 'file'),
      section: choiceParam(search, 'section', ['processes', 'system', 'network', 'disks', 'users']),
      ...timeRangeParams(search),
    }),
  component: page(
    () => import('../features/nodes/node-page.tsx'),
    'NodePage',
    'nodes',
    'charts',
    'reasons',
    'files',
    'workloads',
    'inventory',
    'ssh',
    'console',
    'terminal',
    'sshLogin',
    'migrations',
    'permissions',
  ),
})

const ssh = createRoute({
  getParentRoute: () => shell,
  path: '/ssh',
  validateSearch: (search) =>
    present({
      state: choiceParam(search, 'state', certificateStates),
      node_id: textParam(search, 'node_id'),
      whose: choiceParam(search, 'whose', ['mine']),
      certificate: textParam(search, 'certificate'),
    }),
  component: page(() => import('../features/ssh/ssh-page.tsx'), 'SshPage', 'ssh'),
})

const moves = createRoute({
  getParentRoute: () => shell,
  path: '/moves',
  validateSearch: (search) =>
    present({
      state: choiceParam(search, 'state', ['running', 'done', 'failed', 'cancelled']),
      node_id: textParam(search, 'node_id'),
      instance_id: textParam(search, 'instance_id'),
    }),
  component: page(() => import('../features/migrations/migrations-page.tsx'), 'MigrationsPage', 'migrations'),
})

const admin = createRoute({
  getParentRoute: () => shell,
  path: '/admin',
  validateSearch: (search) =>
    present({
      section: choiceParam(search, 'section', sections),
      search: textParam(search, 'search'),
      state: choiceParam(search, 'state', ['active', 'suspended']),
      ...auditParams(search),
    }),
  component: page(
    () => import('../features/admin/admin-page.tsx'),
    'AdminPage',
    'admin',
    'ssh',
    'adminSettings',
    'organizations',
    'activity',
  ),
})

const auditParams = (search: Record<string, unknown>) => ({
  actor: textParam(search, 'actor'),
  action: choiceParam(search, 'action', auditNouns),
  outcome: choiceParam(search, 'outcome', auditOutcomes),
  time: choiceParam(search, 'time', auditTimes),
})

const organization = createRoute({
  getParentRoute: () => shell,
  path: '/organization',
  validateSearch: (search) =>
    present({
      tab: choiceParam(search, 'tab', ['members', 'invites', 'audit', 'settings']),
      search: textParam(search, 'search'),
      ...auditParams(search),
    }),
  component: page(
    () => import('../features/organizations/organization-page.tsx'),
    'OrganizationPage',
    'organizations',
    'permissions',
    'activity',
  ),
})

const member = createRoute({
  getParentRoute: () => shell,
  path: '/organization/members/$userId',
  component: page(
    () => import('../features/organizations/member-page.tsx'),
    'MemberPage',
    'organizations',
    'permissions',
  ),
})

/** A person's own settings; each section is a page. */
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: page(() => import('../features/settings/settings-layout.tsx'), 'SettingsLayout', 'settings'),
})

const profile = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: page(() => import('../features/settings/profile-page.tsx'), 'ProfilePage', 'settings'),
})

const preferences = createRoute({
  getParentRoute: () => settings,
  path: '/preferences',
  component: page(() => import('../features/settings/preferences-page.tsx'), 'PreferencesPage', 'settings'),
})

const security = createRoute({
  getParentRoute: () => settings,
  path: '/security',
  component: page(
    () => import('../features/security/security-page.tsx'),
    'SecurityPage',
    'security',
    'factors',
    'auth',
  ),
})

const apiTokens = createRoute({
  getParentRoute: () => settings,
  path: '/tokens',
  component: page(() => import('../features/api-tokens/tokens-page.tsx'), 'TokensPage', 'tokens', 'permissions'),
})

const sshKeys = createRoute({
  getParentRoute: () => settings,
  path: '/keys',
  component: page(() => import('../features/settings/keys-page.tsx'), 'KeysPage', 'settings'),
})

const support = createRoute({
  getParentRoute: () => settings,
  path: '/support',
  component: page(() => import('../features/support/support-page.tsx'), 'SupportPage', 'support'),
})

/** Whatever else is typed: still with the way around in sight. */
const elsewhere = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage })

const routeTree = root.addChildren([
  setUp,
  signIn,
  register,
  forgot,
  reset,
  invite,
  enroll,
  shell.addChildren([
    overview,
    instances,
    instance,
    gallery,
    workloads,
    workload,
    deploy,
    nodes,
    addNode,
    node,
    ssh,
    moves,
    admin,
    organization,
    member,
    settings.addChildren([profile, preferences, security, apiTokens, sshKeys, support]),
    elsewhere,
  ]),
])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
    scrollToTopSelectors: ['#main'],
    defaultPendingComponent: PagePending,
    defaultPendingMs: 150,
    defaultPendingMinMs: 200,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFoundPage,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
