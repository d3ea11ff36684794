import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import { invalid } from '../../errors.ts'
import { killTree } from '../process-tree.ts'
import { recoverRun, startRun } from '../runs.ts'
import { type Place, type Runtime, secretsOf } from '../runtime.ts'
import { installCommand } from '../install-script.ts'
import { giveTo } from '../ownership.ts'
import { type Cgroups, detectCgroups } from './cgroups.ts'
import { cleanEnvironment, findProgram, resolveUser } from './program.ts'
import { createProcessUsage } from './usage.ts'

export type ProcessRuntime = Runtime & { limits: Cgroups['enforced'] }

/** Runs servers as native processes under a terminal that a supervisor holds. */
export function createProcessRuntime({ dataDir }: { dataDir: string }): ProcessRuntime {
  const group = `shardlyn-${createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 12)}`
  let found: Cgroups | undefined
  const cgroups = () => (found ??= detectCgroups(group))
  const measure = createProcessUsage()

  return {
    kind: 'process',
    get limits() {
      return cgroups().enforced
    },

    async start(job) {
      const { spec, part, folder } = job
      const marker = markerOf(job)
      const user = resolveUser(spec.user)
      const env = cleanEnvironment(spec, folder.data, marker)
      const cwd = part === 'install' ? folder.data : workingFolder(spec, folder.data)
      const [program, ...args] = part === 'install' ? await installCommand(job) : [...spec.command, ...spec.args]
      if (!program) throw invalid('no_program', 'This server names no program to run.')
      const file = findProgram(program, cwd, env)
      if (user) await giveTo(folder.data, user)
      // A supervisor that was killed with its agent away may have left processes that nobody holds.
      if (!(await killTree({ child: null, marker }))) {
        throw new Error('A process of an earlier run cannot be killed; restart the machine.')
      }
      return startRun({
        folder: job.run,
        feed: job.feed,
        launch: {
          instance: marker,
          generation: spec.generation,
          log: { folder: job.log, limits: job.logLimits },
          cols: 120,
          rows: 30,
          stop: { command: spec.stop.command, signal: spec.stop.signal, timeoutSeconds: spec.stop.timeout_seconds },
          startedAt: null,
          mask: part === 'install' ? secretsOf(spec) : [],
          target: { kind: 'process', file, args, cwd, env, user, cgroup: cgroups().create(groupOf(job), spec.limits) },
        },
      })
    },

    recover: (place) => recoverRun(place.run, place.feed),

    async cleanUp(place) {
      cgroups().remove(groupOf(place))
    },
    async ensureGone(place) {
      if (await killTree({ child: null, marker: markerOf(place) })) return
      throw new Error('A process of an earlier run cannot be killed; restart the machine.')
    },

    usage: (id, run, spec) => measure(id, run, spec, cgroups().enforced.memory),
    close: () => found?.close(),
  }
}

const markerOf = ({ part, folder }: Place) => (part === 'install' ? `${folder.id}.install` : folder.id)
const groupOf = markerOf

function workingFolder(spec: InstanceSpec, data: string): string {
  const folder = path.resolve(data, spec.working_dir ?? '.')
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder
  throw invalid('no_working_folder', `The working folder ${spec.working_dir} does not exist.`)
}
