import type { InstanceSpec, ObservedInstance } from '#contract/agent'
import type { InstancePort } from '#contract/instances'
import type { Audit } from '#server/audit'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { Log } from '#server/log'
import type { Tasks } from '#server/tasks'
import type { Agents } from '#server/tunnel/agents'

export type PlannedPort = InstancePort & { is_primary: boolean }
type TakenPort = { host_port: number; protocol: 'tcp' | 'udp'; by: string }
type Planned = {
  name: string
  created_by: string | null
  source: { id: string; name: string }
  target: { id: string; name: string }
  was_running: boolean
  ports: PlannedPort[]
  source_ports: PlannedPort[]
}

/** What a move needs of servers. Everything but reading is refused for one that is not moving by this migration. */
export type Moves = {
  askListening: (nodeId: string) => Promise<TakenPort[]>
  listMovable: (db: Db, nodeId: string) => Promise<string[]>
  begin: (
    db: Db,
    caller: Caller,
    wish: {
      instanceId: string
      targetNodeId: string
      migrationId: string
      ports: Readonly<Record<string, number>>
      listening: readonly TakenPort[]
    },
  ) => Promise<Planned>
  chooseAgain: (
    db: Db,
    id: string,
    migrationId: string,
    targetNodeId: string,
    listening: readonly TakenPort[],
  ) => Promise<PlannedPort[]>
  specFor: (
    id: string,
    migrationId: string,
    ports: readonly PlannedPort[],
    power: 'running' | 'stopped',
  ) => Promise<InstanceSpec>
  freeze: (id: string, migrationId: string) => Promise<void>
  switchTo: (
    db: Db,
    id: string,
    migrationId: string,
    from: string,
    to: string,
    ports: readonly PlannedPort[],
  ) => Promise<boolean>
  thaw: (db: Db, id: string, state: 'starting' | 'stopped') => Promise<void>
  end: (db: Db, id: string, migrationId: string) => Promise<boolean>
  deliver: (nodeId: string, id: string) => Promise<void>
  /** Open consoles are led to where it is now. */
  reopenSockets: (id: string) => void
}

export type Deps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  tasks: Tasks
  publish: Publish
  agents: Agents
  moves: Moves
  /** Takes in what a machine answered of a server, as if it had told it by itself. */
  observed: (nodeId: string, observed: ObservedInstance[]) => Promise<void>
  times?: Partial<MigrationTimes> | undefined
}

export type MigrationTimes = {
  /** Between two attempts while a machine is away. */
  retryMin: number
  retryMax: number
  /** How long it is tried while both machines are there, but one of them fails at it and nothing gets further. */
  patience: number
  /** Between two looks at a server that starts. */
  look: number
  /** How long it must run there before its old copy is removed: many servers say nothing of being ready, and fail soon after. */
  settle: number
  /** Without a byte for so long a transfer is begun anew. */
  stall: number
  /** Between two notes of how far it is. */
  note: number
}
export const defaultTimes: MigrationTimes = {
  retryMin: 500,
  retryMax: 30_000,
  patience: 600_000,
  look: 300,
  settle: 3000,
  stall: 60_000,
  note: 1000,
}
