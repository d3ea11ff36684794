import type { LogLimits } from '../../log/log-writer.ts'
import type { ProcessIdentity } from '../process-table.ts'

/** What a supervisor is to run. The agent leaves it in `run/launch.json`; it holds the server's environment. */
export type Launch = {
  /** Runs of one server are numbered; a supervisor must claim its number before it starts anything. */
  run: number
  instance: string
  generation: number
  log: { folder: string; limits: LogLimits }
  socket: string
  cols: number
  rows: number
  stop: { command: string | null; signal: string; timeoutSeconds: number }
  /** When it began, where this supervisor takes over something that runs already. */
  startedAt: string | null
  /** Values that are replaced by stars in the log. */
  mask: string[]
  target: ProcessTarget | ContainerTarget
}

export type ProcessTarget = {
  kind: 'process'
  file: string
  args: string[]
  cwd: string
  env: Record<string, string>
  user: { uid: number; gid: number } | null
  cgroup: CgroupEntry | null
}

/** Files of the control groups that a server is started in. */
export type CgroupEntry = {
  /** Writing a pid here moves that process in. */
  enter: string[]
  /** And here back to where the supervisor belongs. */
  leave: string[]
  /** Counts the processes that the kernel killed for want of memory. */
  oomCounter: string | null
}

export type ContainerTarget = {
  kind: 'container'
  engine: string
  id: string
  /** False when the container runs already and only its supervisor is new. */
  start: boolean
}

/** How a run ended. */
export type RunExit = { code: number | null; signal: string | null; oom: boolean; at: string }

/** What a supervisor says of its run, in `run/status.json` and to every agent that connects. */
export type RunStatus = {
  run: number
  generation: number
  supervisor: ProcessIdentity
  socket: string
  /** Names the boot of this machine, so that an end by power loss is told from a crash. */
  boot: string
  /** Where this run's output begins in the log. */
  log_start: number
  /** How far the log reached when this was said. */
  log_end: number
  child: ProcessIdentity | null
  container_id: string | null
  started_at: string | null
  /** Why it could not be started, in words. */
  error: string | null
  exit: RunExit | null
}
