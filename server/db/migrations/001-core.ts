/** People, organizations, machines, workloads, servers. Times are ISO-8601 UTC text, ids UUIDv7 text, documents JSON text. */
export const core = {
  version: 1,
  name: 'core',
  statements: [
    `create table users (
      id text primary key, email text not null unique, password_hash text, platform_role text not null,
      default_organization_id text, suspended_at text, created_at text not null, updated_at text not null) strict`,
    `create table organizations (
      id text primary key, name text not null, slug text not null unique, created_at text not null) strict`,
    `create table memberships (
      organization_id text not null references organizations (id) on delete cascade,
      user_id text not null references users (id) on delete cascade,
      role text not null, created_at text not null, primary key (organization_id, user_id)) strict`,
    `create index memberships_by_user on memberships (user_id)`,
    `create table sessions (
      id text primary key, user_id text not null references users (id) on delete cascade,
      ip text, user_agent text, created_at text not null, last_used_at text not null,
      revoked_at text, revoked_reason text) strict`,
    `create index sessions_by_user on sessions (user_id)`,
    `create table refresh_tokens (
      token_hash text primary key, session_id text not null references sessions (id) on delete cascade,
      created_at text not null, expires_at text not null, used_at text, replaced_by text) strict`,
    `create index refresh_tokens_by_session on refresh_tokens (session_id)`,
    `create table sealed (name text primary key, value text not null) strict`,
    `create table audit_logs (
      id text primary key, at text not null, organization_id text, actor_type text not null, actor_id text,
      actor_name text, action text not null, subject_type text not null, subject_id text, subject_name text,
      ip text, outcome text not null, reason text, details text) strict`,
    `create index audit_logs_by_organization on audit_logs (organization_id, id desc)`,
    `create index audit_logs_by_subject on audit_logs (subject_id, id desc)`,
    `create table tasks (
      id text primary key, organization_id text not null references organizations (id) on delete cascade,
      kind text not null, subject_type text not null, subject_id text not null, subject_name text not null,
      state text not null, stage text, percent real, error text, started_at text not null, finished_at text) strict`,
    `create index tasks_by_organization on tasks (organization_id, id desc)`,
    `create index tasks_by_subject on tasks (subject_id, state)`,
    `create table jobs (
      name text primary key, next_run_at text not null, last_run_at text, last_error text) strict`,
    `create table nodes (
      id text primary key, organization_id text not null references organizations (id) on delete cascade,
      name text not null, token_hash text not null unique, is_local integer not null default 0,
      cordoned integer not null default 0, draining integer not null default 0,
      labels text not null default '{}', address text, detected_address text,
      port_start integer not null, port_end integer not null,
      hostname text, platform text, arch text, os text, kernel text, cpu_cores integer,
      memory_total_bytes integer, disk_total_bytes integer, agent_version text, engine_version text,
      capabilities text not null default '{"runtimes":[],"process_limits":{"memory":false,"cpu":false,"pids":false}}',
      epoch integer not null default 0, event_seq integer not null default 0,
      last_seen_at text, created_at text not null, unique (organization_id, name)) strict`,
    `create table node_register_tokens (
      token_hash text primary key, organization_id text not null references organizations (id) on delete cascade,
      name text, labels text not null default '{}', is_local integer not null default 0, created_by text,
      created_at text not null, expires_at text not null, used_at text, node_id text) strict`,
    `create table workloads (
      id text primary key, organization_id text not null references organizations (id) on delete cascade,
      name text not null, description text not null, category text, icon text not null, runtime text not null,
      image text, version integer not null, document text not null, created_by text,
      created_at text not null, updated_at text not null, unique (organization_id, name)) strict`,
    `create table workload_versions (
      workload_id text not null references workloads (id) on delete cascade, version integer not null,
      document text not null, created_by text, created_at text not null, primary key (workload_id, version)) strict`,
    `create table instances (
      id text primary key, organization_id text not null references organizations (id) on delete cascade,
      workload_id text not null references workloads (id), workload_version integer not null,
      node_id text not null references nodes (id), name text not null,
      variables text not null default '{}', env text not null default '{}', cpu real, memory_bytes integer,
      generation integer not null, running_generation integer, desired_state text not null,
      state text not null, state_reason text, stage text, container_id text, pid integer, started_at text,
      exit text, crash_count integer not null default 0, crash_log text, created_by text,
      created_at text not null, updated_at text not null, deleting_at text, deleting_data text,
      unique (organization_id, name)) strict`,
    `create index instances_by_organization on instances (organization_id, id)`,
    `create index instances_by_node on instances (node_id)`,
    `create index instances_by_workload on instances (workload_id)`,
    `create table instance_ports (
      instance_id text not null references instances (id) on delete cascade,
      node_id text not null references nodes (id), name text not null, container_port integer not null,
      host_port integer not null, protocol text not null, is_primary integer not null,
      primary key (instance_id, name, protocol), unique (node_id, host_port, protocol)) strict`,
  ],
} as const
