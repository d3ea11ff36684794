import fs from 'node:fs'
import path from 'node:path'
import type { LogFeed } from '../log/log-feed.ts'
import { readJsonSync, writeJson } from '../state.ts'
import { bootId, isAlive } from './process-table.ts'
import { killTree } from './process-tree.ts'
import { connectRun, type Run, type RunEnd } from './run.ts'
import { claimRun, dropOldClaims, readClaim } from './supervisor/claim.ts'
import type { Launch, RunStatus } from './supervisor/launch.ts'
import { socketPath, spawnSupervisor } from './supervisor/spawn.ts'

export type StartRun = { folder: string; feed: LogFeed; launch: Omit<Launch, 'run' | 'socket'> }

/** Starts a supervisor for the next run in `folder`; resolves once its server was started, or throws why not. */
export async function startRun({ folder, feed, launch }: StartRun): Promise<Run> {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const run = lastRun(folder) + 1
  const socket = socketPath(folder)
  await writeJson(path.join(folder, 'launch.json'), { ...launch, run, socket } satisfies Launch)
  dropOldClaims(folder, run)
  const hasEnded = spawnSupervisor(folder, run)
  return connect(folder, { ...launch, run, socket }, feed, hasEnded)
}

/** What became of the last run in `folder`: it goes on, it ended, or undefined when there was none. */
export async function recoverRun(folder: string, feed: LogFeed): Promise<Run | RunEnd | undefined> {
  const launch = readJsonSync(path.join(folder, 'launch.json')) as Launch | undefined
  if (!launch) return undefined
  // Whoever wrote the launch may have died before it started the supervisor: then nobody may start it any more.
  if (claimRun(folder, launch.run, { supervisor: null })) return undefined
  const holder = readClaim(folder, launch.run)?.supervisor
  if (holder && isAlive(holder)) return connect(folder, launch, feed)
  const status = readStatus(folder, launch.run)
  if (status?.exit) return { ...status.exit, run: launch.run, lost: null, error: status.error }
  return holder ? endLost(launch, status) : undefined
}

/** The last words of the supervisor of run `run`. */
export function readStatus(folder: string, run: number): RunStatus | undefined {
  const status = readJsonSync(path.join(folder, 'status.json')) as RunStatus | undefined
  return status?.run === run ? status : undefined
}

export const readLaunch = (folder: string) => readJsonSync(path.join(folder, 'launch.json')) as Launch | undefined

/** Attempts to reach a supervisor, about half a minute, before a run is given up. */
const ATTEMPTS = 1500

const connect = (folder: string, launch: Launch, feed: LogFeed, hasEnded = () => false) =>
  connectRun({
    folder,
    socket: launch.socket,
    supervisor: () => readClaim(folder, launch.run)?.supervisor ?? undefined,
    feed,
    giveUp: (attempt) => (hasEnded() || attempt > ATTEMPTS) && claimRun(folder, launch.run, { supervisor: null }),
    onLost: (status) => endLost(launch, status?.run === launch.run ? status : undefined),
  })

/** Nobody holds this server any more, so nobody reads its output: what is left of it is ended. */
async function endLost(launch: Launch, status: RunStatus | undefined): Promise<RunEnd> {
  const rebooted = status !== undefined && status.boot !== '' && status.boot !== bootId()
  if (launch.target.kind === 'process') {
    await killTree({ child: rebooted ? null : (status?.child ?? null), marker: launch.instance })
  }
  const exit = { code: null, signal: null, oom: false, at: new Date().toISOString() }
  return { ...exit, run: launch.run, lost: rebooted ? 'machine' : 'supervisor', error: null }
}

function lastRun(folder: string): number {
  const launch = readLaunch(folder)?.run ?? 0
  const claims = fs.readdirSync(folder).map((name) => Number(/^claim-(\d+)\.json$/.exec(name)?.[1] ?? 0))
  return Math.max(launch, ...claims)
}
