import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter } from '@tanstack/react-router'
import { NotFoundPage, PageError, PagePending } from './page-states.tsx'
import { root, shell } from './route-base.tsx'
import * as entry from './routes-entry.tsx'
import * as machines from './routes-machines.tsx'
import * as people from './routes-people.tsx'
import * as servers from './routes-servers.tsx'

/** Every page of the dashboard and its address; each area has a file of its own beside this one. Pages load when they are opened. */

/** Whatever else is typed: still with the way around in sight. */
const elsewhere = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage })

const routeTree = root.addChildren([
  entry.setUp,
  entry.signIn,
  entry.register,
  entry.forgot,
  entry.reset,
  entry.invite,
  entry.enroll,
  shell.addChildren([
    servers.overview,
    servers.instances,
    servers.instance,
    servers.gallery,
    servers.workloads,
    servers.workload,
    servers.deploy,
    machines.nodes,
    machines.addNode,
    machines.node,
    machines.ssh,
    machines.moves,
    people.admin,
    people.organization,
    people.member,
    people.settings.addChildren([
      people.profile,
      people.preferences,
      people.security,
      people.apiTokens,
      people.sshKeys,
      people.support,
    ]),
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
