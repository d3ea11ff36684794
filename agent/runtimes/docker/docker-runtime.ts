import fs from 'node:fs'
import type { InstanceSpec } from '#contract/agent'
import { invalid } from '../../errors.ts'
import { installCommand } from '../install-script.ts'
import { giveTo, takeBack } from '../ownership.ts'
import type { Run, RunEnd } from '../run.ts'
import { readLaunch, readStatus, recoverRun, startRun } from '../runs.ts'
import { type Place, type Runtime, secretsOf, type StartJob } from '../runtime.ts'
import { volumeFolders } from '../volumes.ts'
import { containerOptions, labels } from './container-options.ts'
import { containerAccount } from './container-user.ts'
import { callEngine } from './engine-http.ts'
import { createEngine } from './engine.ts'
import { ensureImage } from './images.ts'
import { createStats } from './stats.ts'

export type DockerRuntime = Runtime & {
  probe: () => Promise<void>
  /** Of the engine; null where none answers. */
  version: () => string | null
}

type Inspected = {
  State: { Running: boolean; ExitCode: number; OOMKilled: boolean; StartedAt: string; FinishedAt: string }
}

/** Runs servers as containers, a fresh one for each start, whose terminal a supervisor holds. */
export function createDockerRuntime({ nodeId }: { nodeId: () => string | null }): DockerRuntime {
  const engine = createEngine()
  const stats = createStats(async () => (await engine.require()).docker)

  async function start(job: StartJob): Promise<Run> {
    const { spec, part, folder, signal } = job
    const image = (part === 'install' ? spec.install?.image : null) ?? spec.image
    if (!image) throw invalid('no_image', 'This server names no image.')
    const { docker, socket } = await engine.require()
    const imageUser = await ensureImage(docker, image, job.progress, signal)
    await removeContainers(job)
    const volumes = volumeFolders(spec, folder.data)
    for (const volume of volumes) fs.mkdirSync(volume.folder, { recursive: true })
    if (part === 'install') {
      await installCommand(job)
      await takeBack(folder.data)
    }
    const container = await docker.createContainer(
      containerOptions({ spec, folder, part, image, volumes, nodeId: nodeId() }),
    )
    try {
      const account = part === 'server' ? await containerAccount(container, spec.user ?? imageUser) : undefined
      if (account) {
        for (const volume of volumes) await giveTo(volume.folder, account)
        await giveTo(folder.data, account)
      }
      signal.throwIfAborted()
      return await startRun({ folder: job.run, feed: job.feed, launch: launchOf(job, socket, container.id, null) })
    } catch (error) {
      await container.remove({ force: true, v: true }).catch(() => undefined)
      throw error
    }
  }

  /** By label rather than by name alone, so that one which an agent made just before it was killed is found too. */
  async function removeContainers({ folder, part }: Place): Promise<void> {
    const { docker } = await engine.require()
    const filters = { label: [`${labels.instance}=${folder.id}`, `${labels.part}=${part}`] }
    for (const { Id: id, Labels, Mounts } of await docker.listContainers({ all: true, filters })) {
      // Agents may share an engine; of a server that moves from one to the other each removes only its own.
      const isElsewhere =
        Labels[labels.node] !== (nodeId() ?? '') &&
        Mounts.length > 0 &&
        !Mounts.some(({ Source }) => Source?.startsWith(folder.root))
      if (isElsewhere) continue
      stats.forget(id)
      await docker.getContainer(id).remove({ force: true, v: true })
    }
  }

  async function recover(place: Place, spec: InstanceSpec): Promise<Run | RunEnd | undefined> {
    const found = await recoverRun(place.run, place.feed)
    const launch = readLaunch(place.run)
    if (!found || 'status' in found || found.lost !== 'supervisor' || launch?.target.kind !== 'container') return found
    // Only the supervisor died. The container does not need one to live: a new supervisor takes it over.
    const { socket } = await engine.require()
    const answer = await callEngine(socket, 'GET', `/containers/${launch.target.id}/json`)
    if (answer.status !== 200) return found
    const { State: state } = JSON.parse(answer.body) as Inspected
    if (!state.Running) {
      return {
        ...found,
        code: state.ExitCode,
        oom: state.OOMKilled,
        at: new Date(state.FinishedAt).toISOString(),
        lost: null,
      }
    }
    const startedAt = readStatus(place.run, found.run)?.started_at ?? new Date(state.StartedAt).toISOString()
    const next = { ...launchOf({ ...place, spec, logLimits: launch.log.limits }, socket, launch.target.id, startedAt) }
    const run = await startRun({
      folder: place.run,
      feed: place.feed,
      launch: { ...next, generation: launch.generation },
    })
    run.note('The supervisor of this container was replaced; what was printed meanwhile is not in this log.')
    return { ...run, replaces: found.run }
  }

  return {
    kind: 'docker',
    probe: engine.probe,
    version: engine.version,
    start,
    recover,
    async cleanUp(place) {
      // An engine that is away now is asked again before the next start.
      if (engine.socket()) await removeContainers(place).catch(() => undefined)
    },
    ensureGone: removeContainers,
    usage(_id, run, spec) {
      const container = run.status().container_id
      return container && engine.version() !== null ? stats.usage(container, spec.limits.memory_bytes) : null
    },
    close: stats.close,
  }
}

function launchOf(
  job: Place & Pick<StartJob, 'spec' | 'logLimits'>,
  engine: string,
  id: string,
  startedAt: string | null,
) {
  const { spec, part, folder } = job
  return {
    instance: folder.id,
    generation: spec.generation,
    log: { folder: job.log, limits: job.logLimits },
    cols: 120,
    rows: 30,
    stop: { command: spec.stop.command, signal: spec.stop.signal, timeoutSeconds: spec.stop.timeout_seconds },
    mask: part === 'install' ? secretsOf(spec) : [],
    startedAt,
    target: { kind: 'container', engine, id, start: startedAt === null } as const,
  }
}
