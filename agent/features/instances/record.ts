import type { Static } from 'typebox'
import type { InstanceSpec } from '#contract/agent'
import type { InstanceExit } from '#contract/instances'
import { readJsonSync, writeDurably } from '#agent/state'

/** Why a server that should run does not, or why one that was to run no longer is. */
export type Failure = { kind: 'install' | 'start' | 'crash' | 'gave_up'; reason: string }

/** What the agent remembers of a server beyond its spec. On disk before it is acted on. */
export type InstanceRecord = {
  power: 'running' | 'stopped'
  /** Ids of the last actions, so that one that is delivered again does nothing. */
  actions: string[]
  install: 'needed' | 'running' | 'done' | 'failed'
  /** Runs whose end has been dealt with. */
  ended_run: number
  ended_install: number
  /** The run that said it was ready. */
  ready_run: number
  /** The run that is being stopped, and since when. */
  stopping: { run: number; at: number } | null
  /** The run that is to be stopped and followed by another. */
  restart_run: number | null
  /** The run whose stop command somebody typed by hand. */
  typed_stop_run: number | null
  crash_count: number
  crashes: number[]
  start_failures: number
  retry_at: number | null
  failure: Failure | null
  reason: string | null
  exit: Static<typeof InstanceExit> | null
  /** While it moves to another machine, or has not wholly arrived: nothing starts it. */
  hold: string | null
  /** Tokens that hold nothing any more, so that a request which was long on its way does not. */
  released: string[]
}

const ACTIONS_KEPT = 100

export const newRecord = (spec: InstanceSpec): InstanceRecord => ({
  power: spec.initial_power,
  actions: [],
  install: spec.install ? 'needed' : 'done',
  ended_run: 0,
  ended_install: 0,
  ready_run: 0,
  stopping: null,
  restart_run: null,
  typed_stop_run: null,
  crash_count: 0,
  crashes: [],
  start_failures: 0,
  retry_at: null,
  failure: null,
  reason: null,
  exit: null,
  hold: null,
  released: [],
})

/** A record that is kept in a file. Saves follow each other, and several wishes become one write. */
export function keepRecord(file: string, initial: InstanceRecord) {
  const record = { ...initial, ...(readJsonSync(file) as Partial<InstanceRecord> | undefined) }
  let saved = ''
  let writing: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined

  async function write() {
    next = undefined
    const text = JSON.stringify(record)
    if (text === saved) return
    await writeDurably(file, text)
    saved = text
  }

  return {
    record,
    /** Resolves once the record, as it is now, is on the disk. */
    save(): Promise<void> {
      next ??= writing.catch(() => undefined).then(() => (writing = write()))
      return next
    },
    remember(action: string): void {
      record.actions = [...record.actions, action].slice(-ACTIONS_KEPT)
    },
  }
}
