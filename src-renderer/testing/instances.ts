import type { Me } from '#contract/auth'
import type { Instance } from '#contract/instances'
import { instancePermissions } from '#contract/permissions'

/** A running native server; name only what the test is about. */
export const buildInstance = (fields: Partial<Instance> = {}): Instance => ({
  id: '01a20885-883f-7000-8000-0000000000b1',
  organization_id: '01a20885-883f-7000-8000-0000000000aa',
  name: 'Trains',
  workload_id: '01a20885-883f-7000-8000-0000000000c1',
  workload_name: 'openttd',
  workload_version: 1,
  icon: 'openttd',
  runtime: 'process',
  node_id: '01a20885-883f-7000-8000-000000000001',
  node_name: 'attic',
  state: 'running',
  state_reason: null,
  desired_state: 'running',
  stage: null,
  ports: [{ name: 'game', container_port: 3979, host_port: 25000, protocol: 'tcp' }],
  address: 'play.example.org:25000',
  variables: {},
  env: {},
  limits: { cpu: null, memory_bytes: null },
  container_id: null,
  pid: 4711,
  started_at: '2026-11-23T12:00:00.000Z',
  exit: null,
  crash_count: 0,
  crash_log: null,
  restart_needed: false,
  usage: null,
  rights: [...instancePermissions],
  created_by: null,
  created_at: '2026-11-23T11:00:00.000Z',
  updated_at: '2026-11-23T12:00:00.000Z',
  ...fields,
})

/** Somebody who holds these rights. */
export const buildMe = (permissions: string[]): Me => ({
  id: 'u',
  email: 'ana@example.org',
  platform_role: 'admin',
  organization: { id: 'o', name: 'Home', role: 'owner' },
  permissions,
  everywhere: permissions,
  mfa_enabled: false,
  must_enroll_mfa: false,
  has_password: true,
  language: null,
  theme: null,
  created_at: '2026-11-23T12:00:00.000Z',
})
