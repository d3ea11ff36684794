import type { Kysely } from 'kysely'
import type { AuditLogsTable, TasksTable } from '#server/features/activity/store'
import type { InstanceAccessTable } from '#server/features/access/store'
import type { ApiTokensTable } from '#server/features/api-tokens/store'
import type {
  ChallengesTable,
  MembershipsTable,
  OrganizationsTable,
  RefreshTokensTable,
  SessionsTable,
  UsersTable,
} from '#server/features/auth/store'
import type { IdentitiesTable } from '#server/features/github/store'
import type { InstancePortsTable, InstancesTable } from '#server/features/instances/store'
import type { WaitingLinksTable } from '#server/features/mail/store'
import type { MigrationsTable } from '#server/features/migrations/store'
import type { MfaTotpTable, PasskeysTable, RecoveryCodesTable } from '#server/features/mfa/store'
import type { NodeRegisterTokensTable, NodesTable } from '#server/features/nodes/store'
import type { InvitesTable } from '#server/features/organizations/invites/store'
import type { MemberPermissionsTable } from '#server/features/organizations/store'
import type { SshKeysTable } from '#server/features/settings/store'
import type { SshCaKeysTable, SshCertificatesTable } from '#server/features/ssh/store'
import type { SupportMessagesTable } from '#server/features/support/store'
import type { SystemBackupsTable } from '#server/features/system/store'
import type { WorkloadsTable, WorkloadVersionsTable } from '#server/features/workloads/store'
import type { JobsTable } from '#server/jobs/store'
import type { TerminalSessionsTable } from '#server/terminal/store'
import type { SettingsTable } from './settings.ts'

export type Schema = {
  users: UsersTable
  organizations: OrganizationsTable
  memberships: MembershipsTable
  sessions: SessionsTable
  refresh_tokens: RefreshTokensTable
  sealed: { name: string; value: string }
  settings: SettingsTable
  challenges: ChallengesTable
  waiting_links: WaitingLinksTable
  mfa_totp: MfaTotpTable
  recovery_codes: RecoveryCodesTable
  passkeys: PasskeysTable
  identities: IdentitiesTable
  api_tokens: ApiTokensTable
  member_permissions: MemberPermissionsTable
  invites: InvitesTable
  instance_access: InstanceAccessTable
  ssh_keys: SshKeysTable
  support_messages: SupportMessagesTable
  system_backups: SystemBackupsTable
  audit_logs: AuditLogsTable
  tasks: TasksTable
  jobs: JobsTable
  nodes: NodesTable
  node_register_tokens: NodeRegisterTokensTable
  workloads: WorkloadsTable
  workload_versions: WorkloadVersionsTable
  instances: InstancesTable
  migrations: MigrationsTable
  instance_ports: InstancePortsTable
  ssh_ca_keys: SshCaKeysTable
  ssh_certificates: SshCertificatesTable
  terminal_sessions: TerminalSessionsTable
}

/** The control database, or an open transaction of it. */
export type Db = Kysely<Schema>
