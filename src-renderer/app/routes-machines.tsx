import { createRoute } from '@tanstack/react-router'
import { nodeStates } from '#contract/nodes'
import { certificateStates } from '#contract/ssh'
import { nodeTabs } from '../features/nodes/tab-names.ts'
import { choiceParam, present, textParam } from '../lib/search.ts'
import { timeRangeParams } from '../lib/time-range.ts'
import { page, shell } from './route-base.tsx'

// Machines, SSH access to them, and moves between them.

export const nodes = createRoute({
  getParentRoute: () => shell,
  path: '/machines',
  validateSearch: (search) =>
    present({ search: textParam(search, 'search'), state: choiceParam(search, 'state', nodeStates) }),
  component: page(() => import('../features/nodes/nodes-page.tsx'), 'NodesPage', 'nodes', 'reasons'),
})

export const addNode = createRoute({
  getParentRoute: () => shell,
  path: '/machines/add',
  component: page(() => import('../features/nodes/add-node-page.tsx'), 'AddNodePage', 'joining', 'nodes'),
})

export const node = createRoute({
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

export const ssh = createRoute({
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

export const moves = createRoute({
  getParentRoute: () => shell,
  path: '/moves',
  validateSearch: (search) =>
    present({
      state: choiceParam(search, 'state', ['running', 'done', 'failed', 'cancelled']),
      node_id: textParam(search, 'node_id'),
      instance_id: textParam(search, 'instance_id'),
    }),
  component: page(
    () => import('../features/migrations/migrations-page.tsx'),
    'MigrationsPage',
    'migrations',
    'reasons',
  ),
})
