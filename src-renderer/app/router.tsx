import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { getBootstrapStatus, getMe } from '#contract/auth'
import { instanceStates } from '#contract/instances'
import { nodeStates } from '#contract/nodes'
import { templateCategories } from '#contract/templates'
import { queryFor } from '../lib/query.ts'
import { choiceParam, present, textParam } from '../lib/search.ts'
import { session } from '../lib/session.ts'
import { timeRangeParams } from '../lib/time-range.ts'
import { NotFoundPage, PageError, PagePending, StartError } from './page-states.tsx'
import { Shell } from './shell.tsx'

/** Every page of the dashboard and its address, on this one page. Pages load when they are opened. */

type Context = { queryClient: QueryClient }
const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: StartError })

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  beforeLoad: async ({ context }) => {
    const status = await context.queryClient.fetchQuery(queryFor(getBootstrapStatus, {}))
    if (!status.needs_bootstrap) throw redirect({ to: '/' })
  },
  component: lazyRouteComponent(() => import('../features/auth/set-up-page.tsx'), 'SetUpPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search) => present({ to: textParam(search, 'to') }),
  beforeLoad: async ({ context, search }) => {
    await session.ready()
    if (session.getState().status === 'signed-in') throw redirect({ href: search.to?.startsWith('/') && !search.to.startsWith('//') ? search.to : '/' })
    const status = await context.queryClient.fetchQuery(queryFor(getBootstrapStatus, {}))
    if (status.needs_bootstrap) throw redirect({ to: '/set-up' })
  },
  component: lazyRouteComponent(() => import('../features/auth/sign-in-page.tsx'), 'SignInPage'),
})

/** Everything behind the sign-in, inside the shell. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    await session.ready()
    if (session.getState().status !== 'signed-in') {
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
    }
    await context.queryClient.ensureQueryData(queryFor(getMe, {}))
  },
  component: Shell,
})

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
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
  component: lazyRouteComponent(() => import('../features/instances/instances-page.tsx'), 'InstancesPage'),
})

const instance = createRoute({
  getParentRoute: () => shell,
  path: '/servers/$instanceId',
  validateSearch: (search) => present({ tab: textParam(search, 'tab'), ...timeRangeParams(search) }),
  component: lazyRouteComponent(() => import('../features/instances/instance-page.tsx'), 'InstancePage'),
})

const gallery = createRoute({
  getParentRoute: () => shell,
  path: '/templates',
  validateSearch: (search) =>
    present({ search: textParam(search, 'search'), category: choiceParam(search, 'category', templateCategories) }),
  component: lazyRouteComponent(() => import('../features/templates/gallery-page.tsx'), 'GalleryPage'),
})

const workloads = createRoute({
  getParentRoute: () => shell,
  path: '/workloads',
  validateSearch: (search) =>
    present({ search: textParam(search, 'search'), runtime: choiceParam(search, 'runtime', ['docker', 'process']) }),
  component: lazyRouteComponent(() => import('../features/workloads/workloads-page.tsx'), 'WorkloadsPage'),
})

/** `new` as the id is the editor with an empty document. */
const workload = createRoute({
  getParentRoute: () => shell,
  path: '/workloads/$workloadId',
  validateSearch: (search) => present({ tab: textParam(search, 'tab') }),
  component: lazyRouteComponent(() => import('../features/workloads/workload-page.tsx'), 'WorkloadPage'),
})

const deploy = createRoute({
  getParentRoute: () => shell,
  path: '/deploy',
  validateSearch: (search) =>
    present({ template: textParam(search, 'template'), workload: textParam(search, 'workload'), node: textParam(search, 'node') }),
  component: lazyRouteComponent(() => import('../features/deploy/deploy-page.tsx'), 'DeployPage'),
})

const nodes = createRoute({
  getParentRoute: () => shell,
  path: '/machines',
  validateSearch: (search) => present({ search: textParam(search, 'search'), state: choiceParam(search, 'state', nodeStates) }),
  component: lazyRouteComponent(() => import('../features/nodes/nodes-page.tsx'), 'NodesPage'),
})

const node = createRoute({
  getParentRoute: () => shell,
  path: '/machines/$nodeId',
  validateSearch: (search) =>
    present({ tab: choiceParam(search, 'tab', ['overview', 'servers', 'settings']), ...timeRangeParams(search) }),
  component: lazyRouteComponent(() => import('../features/nodes/node-page.tsx'), 'NodePage'),
})

const routeTree = root.addChildren([
  setUp,
  signIn,
  shell.addChildren([overview, instances, instance, gallery, workloads, workload, deploy, nodes, node]),
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
