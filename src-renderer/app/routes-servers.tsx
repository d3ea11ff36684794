import { createRoute } from '@tanstack/react-router'
import { instanceStates } from '#contract/instances'
import { templateCategories } from '#contract/templates'
import { choiceParam, present, textParam } from '../lib/search.ts'
import { timeRangeParams } from '../lib/time-range.ts'
import { page, shell } from './route-base.tsx'

// The overview, servers, and what they are made from.

export const overview = createRoute({
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

export const instances = createRoute({
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

export const instance = createRoute({
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

export const gallery = createRoute({
  getParentRoute: () => shell,
  path: '/templates',
  validateSearch: (search) =>
    present({ search: textParam(search, 'search'), category: choiceParam(search, 'category', templateCategories) }),
  component: page(() => import('../features/templates/gallery-page.tsx'), 'GalleryPage', 'templates', 'workloads'),
})

export const workloads = createRoute({
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
export const workload = createRoute({
  getParentRoute: () => shell,
  path: '/workloads/$workloadId',
  validateSearch: (search) => present({ tab: textParam(search, 'tab') }),
  component: page(() => import('../features/workloads/workload-page.tsx'), 'WorkloadPage', 'workloads', 'templates'),
})

export const deploy = createRoute({
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
