import type { InstanceState } from '#contract/instances'

export interface InstancesTable {
  id: string
  organization_id: string
  workload_id: string
  workload_version: number
  node_id: string
  name: string
  /** JSON object, by env name: only what differs from the workload's defaults. */
  variables: string
  /** JSON object. */
  env: string
  cpu: number | null
  memory_bytes: number | null
  /** Grows with every change; the agent ignores an older one. */
  generation: number
  running_generation: number | null
  desired_state: 'running' | 'stopped'
  state: InstanceState
  state_reason: string | null
  stage: string | null
  container_id: string | null
  pid: number | null
  started_at: string | null
  /** JSON: InstanceExit. */
  exit: string | null
  crash_count: number
  crash_log: string | null
  created_by: string | null
  created_at: string
  updated_at: string
  /** Set while its agent is removing it. */
  deleting_at: string | null
}

export interface InstancePortsTable {
  instance_id: string
  node_id: string
  name: string
  container_port: number
  host_port: number
  protocol: 'tcp' | 'udp'
  is_primary: number
}
