import type { ExportState } from '#contract/transfer'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { AppError, conflict } from '#server/errors'
import { copyContents, type Ends, findMissing } from './copy.ts'
import type { Deps, MigrationTimes, PlannedPort } from './deps.ts'
import type { Ending } from './ending.ts'
import { type Machines, tokensOf } from './machines.ts'
import type { Notes } from './notes.ts'
import { forBytes, STOP_MS, within } from './patience.ts'
import * as store from './store.ts'
import type { MigrationRow } from './store.ts'

/** Rounds of copying while the server runs. What is left after them is carried while it stands still. */
const ROUNDS = 3
/** So little is not worth another round. */
const SMALL_BYTES = 16 * 1024 * 1024
const SMALL_FILES = 200
const PORT_TRIES = 5
const COPY_TRIES = 3
/** A file takes a name and part of a block besides what is in it. */
const BYTES_PER_FILE = 8192

export type Step = (row: MigrationRow, signal: AbortSignal) => Promise<void>
type Parts = { machines: Machines; notes: Notes; ending: Ending; times: MigrationTimes }

export const endsOf = (row: MigrationRow): Ends => {
  const { source, target } = tokensOf(row)
  return {
    instanceId: row.instance_id,
    source: { nodeId: row.source_node_id, token: source },
    target: { nodeId: row.target_node_id, token: target },
  }
}
const portsOf = ({ ports }: MigrationRow) => JSON.parse(ports) as PlannedPort[]

/** What is done in each state. Each may be begun again after any crash, and ends by noting the next. */
export function createSteps(
  { db, clock, moves, log }: Deps,
  { machines, notes, ending, times }: Parts,
): Partial<Record<MigrationRow['state'], Step>> {
  /** How often a target took back that it has everything, by the move. */
  const sentBack = new Map<string, number>()
  const next = (row: MigrationRow, state: MigrationRow['state'], change: object = {}) => notes.enter(row, state, change)

  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      signal.throwIfAborted()
      const stop = () => {
        cancel()
        reject(signal.reason as Error)
      }
      const cancel = clock.after(ms, () => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
      signal.addEventListener('abort', stop, { once: true })
    })

  async function announce(
    row: MigrationRow,
    { bytes, install }: { bytes: number; install: ExportState['install'] },
    signal: AbortSignal,
  ) {
    const { target } = endsOf(row)
    const power = row.was_running === 1 ? 'running' : 'stopped'
    const spec = await moves.specFor(row.instance_id, row.id, portsOf(row), power)
    await machines.beginImport(target.nodeId, { token: target.token, spec, install, bytes }, signal)
  }

  async function chooseOtherPorts(row: MigrationRow): Promise<MigrationRow> {
    const listening = await moves.askListening(row.target_node_id)
    // Whatever holds it may be gone from the list again; it was refused once, and that is enough.
    const refused = portsOf(row).map(({ host_port, protocol }) => ({ host_port, protocol, by: 'another program' }))
    const all = [...listening, ...refused]
    const ports = await inTransaction(db, async (db) => {
      const ports = await moves.chooseAgain(db, row.instance_id, row.id, row.target_node_id, all)
      await store.updateMigration(db, row.id, { ports: JSON.stringify(ports) })
      return ports
    })
    return { ...row, ports: JSON.stringify(ports) }
  }

  /** The source reads all of it for that. */
  function manifestOf(row: MigrationRow, signal: AbortSignal) {
    const { instanceId, source } = endsOf(row)
    const ms = times.patience + forBytes(row.bytes_total)
    return within({ clock, ms, signal }, (signal) => machines.manifest(source.nodeId, instanceId, source.token, signal))
  }

  /** Carries what is missing; answers how much that was. */
  async function carry(
    row: MigrationRow,
    signal: AbortSignal,
    isLive: boolean,
    isEnough?: (bytes: number, files: number) => boolean,
  ) {
    const ends = endsOf(row)
    const manifest = await manifestOf(row, signal)
    const missing = await within({ clock, ms: times.patience, signal }, (signal) =>
      findMissing(machines, ends, manifest, signal),
    )
    await notes.totals(row, manifest, missing.done)
    if (isEnough?.(missing.bytes, missing.wanted.length)) return false
    await copyContents(machines, ends, missing, {
      signal,
      stallMs: times.stall,
      isLive,
      onProgress: (progress) => notes.progress(row, progress),
    })
    return true
  }

  return {
    async preparing(first, signal) {
      let row = first
      const { source } = endsOf(row)
      const found = await machines.look(source.nodeId, row.instance_id, source.token, signal)
      row = { ...row, was_running: found.power === 'running' ? 1 : 0 }
      const bytes = found.bytes + found.files * BYTES_PER_FILE
      for (let tries = 1; ; tries++) {
        try {
          await announce(row, { bytes, install: found.install }, signal)
          break
        } catch (error) {
          if (!(error instanceof AppError && error.code === 'port_in_use') || tries >= PORT_TRIES) throw error
          row = await chooseOtherPorts(row)
        }
      }
      const isLive = row.mode === 'live' && !found.is_stopped
      await next(row, isLive ? 'copying' : 'stopping', {
        was_running: row.was_running,
        files_total: found.files,
        bytes_total: found.bytes,
      })
    },

    async copying(row, signal) {
      for (let round = 1; round <= ROUNDS; round++) {
        const isEnough = (bytes: number, files: number) => round > 1 && bytes <= SMALL_BYTES && files <= SMALL_FILES
        if (!(await carry(row, signal, true, isEnough))) break
      }
      await next(row, 'stopping')
    },

    async stopping(row, signal) {
      const { source } = endsOf(row)
      await moves.freeze(row.instance_id, row.id)
      if (row.stopped_at === null) await store.updateMigration(db, row.id, { stopped_at: isoNow(clock) })
      const latest = clock.now() + STOP_MS
      while (!(await machines.hold(source.nodeId, row.instance_id, source.token, signal)).is_stopped) {
        if (clock.now() > latest) {
          throw conflict('not_stopped', `It did not stop on ${row.source_node_name} in an hour.`)
        }
        await pause(times.look, signal)
      }
      await next(row, 'transferring')
    },

    async transferring(row, signal) {
      for (let tries = 1; ; tries++) {
        try {
          await carry(row, signal, false)
          break
        } catch (error) {
          if (!(error instanceof AppError && error.code === 'content_changed') || tries >= COPY_TRIES) throw error
          log.warn({ err: error, migration_id: row.id }, 'a file of a server that stands still is not as it was listed')
        }
      }
      await next(row, 'verifying')
    },

    async verifying(row, signal) {
      const ends = endsOf(row)
      const manifest = await manifestOf(row, signal)
      // The target copies all of it, and reads it again.
      const ms = times.patience + 3 * forBytes(manifest.bytes)
      try {
        const done = await within({ clock, ms, signal }, (signal) =>
          machines.finish(ends.target.nodeId, ends.instanceId, ends.target.token, manifest, signal),
        )
        if (done.digest !== manifest.digest || done.entries !== manifest.entries.length) {
          throw conflict('not_verified', 'What arrived is not what was sent. Look at the disk of the target machine.')
        }
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'content_missing')) throw error
        // It said before that all had arrived. Once that may be; a machine that says so each time would never come to an end.
        const tries = (sentBack.get(row.id) ?? 0) + 1
        if (tries >= COPY_TRIES) {
          sentBack.delete(row.id)
          throw error
        }
        sentBack.set(row.id, tries)
        return next(row, 'transferring')
      }
      sentBack.delete(row.id)
      await next(row, 'switching')
    },

    async switching(row) {
      await inTransaction(db, async (db) => {
        const { instance_id, source_node_id, target_node_id } = row
        // Whoever cancels in this moment comes first or too late.
        if (!(await store.advance(db, row, { state: 'starting' }))) return
        if (!(await moves.switchTo(db, instance_id, row.id, source_node_id, target_node_id, portsOf(row)))) {
          throw conflict('port_taken', `A port that was kept for it on ${row.target_node_name} was given away.`)
        }
      })
      moves.reopenSockets(row.instance_id)
      notes.tell(row)
    },

    async starting(row, signal) {
      const { target } = endsOf(row)
      if (row.undo !== null) return ending.goBack(row, signal, pause)
      const first = await machines.release(target.nodeId, row.instance_id, target.token).catch((error: unknown) => {
        if (error instanceof AppError && error.status === 404) return undefined
        throw error
      })
      if (first === undefined) {
        return ending.decideToGoBack(row, `It is not on ${row.target_node_name} any more.`)
      }
      await moves.thaw(db, row.instance_id, row.was_running === 1 ? 'starting' : 'stopped')
      notes.tell(row)
      if (row.was_running === 1) {
        for (let runs: number | undefined; ;) {
          const seen = await machines.observe(target.nodeId, row.instance_id)
          if (seen.state === 'error' || seen.crash_count > 0) {
            const reason = seen.reason ?? `It could not be started on ${row.target_node_name}.`
            return ending.decideToGoBack(row, reason)
          }
          // By itself, and in peace: it has done what it does.
          if (seen.state === 'stopped' && seen.power === 'stopped') break
          if (seen.state === 'running') {
            runs ??= clock.now()
            if (row.running_at === null) await ending.runs(row)
            if (clock.now() - runs >= times.settle) break
          }
          await pause(times.look, signal)
        }
      }
      await ending.arrived(row)
    },

    cleaning: (row) => ending.clean(row),
  }
}
