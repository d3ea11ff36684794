/** Every permission key, with what it lets a person do. `GET /v1/permissions` lists these. */
export const permissions = {
  'nodes.view': 'See machines, their state and their metrics.',
  'nodes.create': 'Add machines.',
  'nodes.update': 'Rename machines and change their labels, ports and address.',
  'nodes.delete': 'Remove machines.',
  'nodes.drain': 'Take machines out of use, empty them, and move servers between them.',
  'nodes.inventory': 'See the processes, users, disks and containers of machines.',
  'nodes.processes': 'End processes on machines.',
  'nodes.containers': 'Read the logs of containers on machines that Shardlyn did not make, and start and stop them.',
  'nodes.terminal': 'Open terminals on machines, and see what was recorded of them.',
  'nodes.ssh.login': 'Get SSH certificates, and log in to machines with them.',
  'nodes.ssh.root': 'Log in to machines over SSH as root.',
  'nodes.files.read': 'Read the files of machines, where a machine allows it.',
  'nodes.files.write': 'Change the files of machines, where a machine allows it.',
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
  'instances.access': 'Share servers with other people and say what they may do there.',
  'organization.update': 'Rename the organization.',
  'organization.delete': 'Delete the organization with all that it holds.',
  'organization.transfer': 'Hand the organization over to another member.',
  'members.view': 'See who belongs to the organization.',
  'members.invite': 'Invite people, and see and revoke invitations.',
  'members.update': 'Change roles and rights of members.',
  'members.remove': 'Remove members.',
  'audit.view': 'See the audit log of the organization.',
  'platform.admin': 'Administer the whole installation. Held by platform administrators only.',
} as const

export type Permission = keyof typeof permissions

export const roles = ['owner', 'admin', 'user'] as const
export type Role = (typeof roles)[number]

const all = (Object.keys(permissions) as Permission[]).filter((key) => key !== 'platform.admin')
/** Bound to the one owner: nobody else can hold them. */
export const ownerPermissions: readonly Permission[] = ['organization.delete', 'organization.transfer']
/** What a member with the role user does not have unless it is granted. */
const forManagers: readonly Permission[] = [
  'instances.logs.clear',
  'nodes.create',
  'nodes.update',
  'nodes.delete',
  'nodes.drain',
  'nodes.inventory',
  'nodes.processes',
  'nodes.containers',
  'nodes.terminal',
  'nodes.ssh.login',
  'nodes.ssh.root',
  'nodes.files.read',
  'nodes.files.write',
  'organization.update',
  'members.invite',
  'members.update',
  'members.remove',
  'audit.view',
]

/** What a role may do before grants and denials. Mirrors the matrix of the product's organization guide. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  owner: all,
  admin: all.filter((key) => !ownerPermissions.includes(key)),
  user: all.filter((key) => !ownerPermissions.includes(key) && !forManagers.includes(key)),
}

/** What may be granted to a member, or denied them, one key at a time. */
export const grantablePermissions: readonly Permission[] = all.filter((key) => !ownerPermissions.includes(key))

/**
 * Rights over objects that somebody made. The role user gives them for one's own servers and workloads only; a grant gives
 * them for all of the organization. Owners and administrators hold them for all.
 */
export const ownedPermissions: readonly Permission[] = [
  'instances.view',
  'instances.update',
  'instances.delete',
  'instances.power',
  'instances.console',
  'instances.command',
  'instances.logs.clear',
  'instances.access',
  'workloads.update',
  'workloads.delete',
]

/** What one may be given on a single server. `instances.view` always comes with them. */
export const instancePermissions = [
  'instances.view',
  'instances.console',
  'instances.command',
  'instances.power',
  'instances.update',
  'instances.logs.clear',
  'instances.access',
  'instances.delete',
] as const satisfies readonly Permission[]
export type InstancePermission = (typeof instancePermissions)[number]

/** What is judged for a single workload. */
export const workloadPermissions = ['workloads.update', 'workloads.delete'] as const satisfies readonly Permission[]
export type WorkloadPermission = (typeof workloadPermissions)[number]
