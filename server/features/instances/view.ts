import type { Instance, InstanceExit, InstanceState, InstanceUsage } from '#contract/instances'
import type { WorkloadDocument } from '#contract/workload'
import type { Static } from 'typebox'
import type { InstanceRow, PortRow } from './store.ts'

/** What a secret looks like to people who may not change it. Sent back, it leaves the secret as it is. */
export const MASK = '••••••'

export type ViewContext = {
  document: WorkloadDocument
  ports: readonly PortRow[]
  isOnline: boolean
  usage: InstanceUsage | null
  /** What the caller may do with it. */
  rights: Instance['rights']
}

const minute = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`

const awaySince = ({ node_name, node_last_seen_at }: InstanceRow) =>
  node_last_seen_at === null
    ? `The machine ${node_name} has not connected yet.`
    : `The machine ${node_name} is away since ${minute(node_last_seen_at)}.`

type StateColumns = Pick<InstanceRow, 'state' | 'deleting_at'>

/** What people see: a machine that is away cannot be asked, but what never reached it is known to wait. */
export function stateOf({ state, deleting_at }: StateColumns, isOnline: boolean): InstanceState {
  if (state === 'creating') return 'creating'
  if (!isOnline) return 'unknown'
  return deleting_at === null ? state : 'stopping'
}

function reasonOf(row: InstanceRow, isOnline: boolean): string | null {
  const deleting = row.deleting_at === null ? '' : 'It is being deleted.'
  if (isOnline) return deleting || row.state_reason
  return [awaySince(row), deleting && 'It is deleted there when the machine is back.'].filter(Boolean).join(' ')
}

const hostOf = (row: InstanceRow) =>
  row.node_address ?? row.node_detected_address ?? (row.node_is_local ? 'localhost' : null)

function addressOf(row: InstanceRow, ports: readonly PortRow[]): string | null {
  const host = hostOf(row)
  const primary = ports.find(({ is_primary }) => is_primary) ?? ports[0]
  if (host === null || !primary) return null
  return `${host.includes(':') ? `[${host}]` : host}:${primary.host_port}`
}

function variablesOf(row: InstanceRow, document: WorkloadDocument, showsSecrets: boolean): Record<string, string> {
  const changed = JSON.parse(row.variables) as Record<string, string>
  const specs = (document.spec.variables ?? []).filter(({ userVisible = true }) => userVisible || showsSecrets)
  return Object.fromEntries(
    specs.map(({ env, default: standard = '', secret }) => {
      const value = changed[env] ?? standard
      return [env, secret && !showsSecrets && value !== '' ? MASK : value]
    }),
  )
}

/** What somebody typed there may be a secret too. */
function envOf(row: InstanceRow, showsSecrets: boolean): Record<string, string> {
  const env = JSON.parse(row.env) as Record<string, string>
  return showsSecrets ? env : Object.fromEntries(Object.keys(env).map((name) => [name, MASK]))
}

const isUp = (state: InstanceState) => state === 'running' || state === 'starting'

/** Ports without what is ours to know. */
export const toPorts = (ports: readonly PortRow[]): Instance['ports'] =>
  ports.map(({ name, container_port, host_port, protocol }) => ({ name, container_port, host_port, protocol }))

/** An instance as the API shows it. */
export function toInstance(row: InstanceRow, { document, ports, isOnline, usage, rights }: ViewContext): Instance {
  const state = stateOf(row, isOnline)
  // Whoever may change a secret may read it.
  const showsSecrets = rights.includes('instances.update')
  return {
    id: row.id,
    organization_id: row.organization_id,
    name: row.name,
    workload_id: row.workload_id,
    workload_name: row.workload_name,
    workload_version: row.workload_version,
    icon: document.spec.icon ?? row.workload_icon,
    runtime: document.spec.runtime ?? 'docker',
    node_id: row.node_id,
    node_name: row.node_name,
    state,
    state_reason: reasonOf(row, isOnline),
    desired_state: row.desired_state,
    stage: row.stage,
    ports: toPorts(ports),
    address: addressOf(row, ports),
    variables: variablesOf(row, document, showsSecrets),
    env: envOf(row, showsSecrets),
    limits: { cpu: row.cpu, memory_bytes: row.memory_bytes },
    container_id: row.container_id,
    pid: row.pid,
    started_at: row.started_at,
    exit: row.exit === null ? null : (JSON.parse(row.exit) as Static<typeof InstanceExit>),
    crash_count: row.crash_count,
    crash_log: null,
    restart_needed: isUp(row.state) && row.running_generation !== null && row.running_generation < row.generation,
    usage: isOnline ? usage : null,
    rights,
    created_by: row.created_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}
