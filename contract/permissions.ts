/** Every permission key, with what it lets a person do. `GET /v1/permissions` lists these. */
export const permissions = {
  'nodes.view': 'See machines, their state and their metrics.',
  'nodes.create': 'Add machines.',
  'nodes.update': 'Rename machines and change their labels, ports and address.',
  'nodes.delete': 'Remove machines.',
  'workloads.view': 'See workloads and templates.',
  'workloads.create': 'Create workloads.',
  'workloads.update': 'Change workloads.',
  'workloads.delete': 'Delete workloads.',
  'instances.view': 'See servers, their state and their metrics.',
  'instances.create': 'Deploy servers.',
  'instances.update': 'Change the settings of servers.',
  'instances.delete': 'Delete servers.',
  'instances.power': 'Start, stop, restart and kill servers.',
  'instances.console': 'Read the console and the logs of servers.',
  'instances.command': 'Type into the console of servers.',
  'instances.logs.clear': 'Clear the logs of servers.',
} as const

export type Permission = keyof typeof permissions

export const roles = ['owner', 'admin', 'user'] as const
export type Role = (typeof roles)[number]

const all = Object.keys(permissions) as Permission[]
const manageNodes: Permission[] = ['nodes.create', 'nodes.update', 'nodes.delete']

/** What a role may do before grants and denials. Mirrors the matrix of the product's organization guide. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  owner: all,
  admin: all,
  user: all.filter((key) => !manageNodes.includes(key) && key !== 'instances.logs.clear'),
}
