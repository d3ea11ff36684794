export interface NodesTable {
  id: string
  organization_id: string
  name: string
  /** SHA-256 of the agent's token. Never leaves this file. */
  token_hash: string
  is_local: number
  cordoned: number
  draining: number
  /** JSON object. */
  labels: string
  /** What an administrator set; else `detected_address` is shown. */
  address: string | null
  detected_address: string | null
  port_start: number
  port_end: number
  hostname: string | null
  platform: string | null
  arch: string | null
  os: string | null
  kernel: string | null
  cpu_cores: number | null
  memory_total_bytes: number | null
  disk_total_bytes: number | null
  agent_version: string | null
  engine_version: string | null
  /** JSON: NodeCapabilities. */
  capabilities: string
  /** Grows with each tunnel session. */
  epoch: number
  /** The last outbox event of its agent that was applied. */
  event_seq: number
  last_seen_at: string | null
  created_at: string
}

export interface NodeRegisterTokensTable {
  token_hash: string
  organization_id: string
  name: string | null
  labels: string
  is_local: number
  created_by: string | null
  created_at: string
  expires_at: string
  used_at: string | null
  node_id: string | null
}
