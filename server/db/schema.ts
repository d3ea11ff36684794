import type { Kysely } from 'kysely'
import type { AuditLogsTable, TasksTable } from '#server/features/activity/store'
import type {
  MembershipsTable,
  OrganizationsTable,
  RefreshTokensTable,
  SessionsTable,
  UsersTable,
} from '#server/features/auth/store'
import type { InstancePortsTable, InstancesTable } from '#server/features/instances/store'
import type { NodeRegisterTokensTable, NodesTable } from '#server/features/nodes/store'
import type { WorkloadsTable, WorkloadVersionsTable } from '#server/features/workloads/store'
import type { JobsTable } from '#server/jobs/store'

export type Schema = {
  users: UsersTable
  organizations: OrganizationsTable
  memberships: MembershipsTable
  sessions: SessionsTable
  refresh_tokens: RefreshTokensTable
  sealed: { name: string; value: string }
  audit_logs: AuditLogsTable
  tasks: TasksTable
  jobs: JobsTable
  nodes: NodesTable
  node_register_tokens: NodeRegisterTokensTable
  workloads: WorkloadsTable
  workload_versions: WorkloadVersionsTable
  instances: InstancesTable
  instance_ports: InstancePortsTable
}

/** The control database, or an open transaction of it. */
export type Db = Kysely<Schema>
