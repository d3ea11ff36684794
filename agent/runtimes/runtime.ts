import type { InstanceSpec } from '#contract/agent'
import type { InstanceUsage } from '#contract/instances'
import type { Static } from 'typebox'
import type { LogFeed } from '../log/log-feed.ts'
import type { LogLimits } from '../log/log-writer.ts'
import type { InstanceFolder } from '../state.ts'
import type { Run, RunEnd } from './run.ts'

/** `server` is the server itself, `install` its install script; each has runs and a log of its own. */
export type Part = 'server' | 'install'

export type Place = {
  part: Part
  folder: InstanceFolder
  feed: LogFeed
  /** Where this part's runs are recorded, and where its log lies. */
  run: string
  log: string
}

export type StartJob = Place & {
  spec: InstanceSpec
  logLimits: LogLimits
  /** What is being done, for people, and how far it is where that is known. */
  progress: (stage: string | null, percent: number | null) => void
  signal: AbortSignal
}

/** What a server uses now; what only its manager knows is added there. */
export type RuntimeUsage = Omit<Static<typeof InstanceUsage>, 'uptime_seconds' | 'disk_bytes'>

/** One way of running servers. Failures are errors whose message is a sentence for people. */
export type Runtime = {
  readonly kind: InstanceSpec['runtime']
  /** Starts a run in its supervisor; whatever an earlier run left is removed first. */
  start: (job: StartJob) => Promise<Run>
  /** What became of the last run while no agent was looking. */
  recover: (place: Place, spec: InstanceSpec) => Promise<Run | RunEnd | undefined>
  /** Removes what a run that ended leaves behind. */
  cleanUp: (place: Place) => Promise<void>
  /** The same, and rejects when it cannot tell that nothing of it runs any more. */
  ensureGone: (place: Place) => Promise<void>
  /** Null when nothing is known yet. */
  usage: (id: string, run: Run, spec: InstanceSpec) => RuntimeUsage | null
  close: () => void
}

/** The values that an install log must not show. */
export const secretsOf = (spec: InstanceSpec) => spec.secret_env.flatMap((name) => spec.env[name] ?? [])
