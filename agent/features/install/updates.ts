import { rm } from 'node:fs/promises'
import path from 'node:path'
import { Check } from 'typebox/value'
import { type UpdateRequest as Wanted, UpdateRequest } from '#contract/agent'
import { isNewer, versionPattern } from '#contract/install'
import type { NodeUpdate } from '#contract/nodes'
import { conflict, invalid } from '#agent/errors'
import type { Logger } from '#agent/logger'
import type { ControlPlane } from '#agent/trust'
import { agentVersion } from '#agent/version'
import { download } from './fetch.ts'
import { forgetFailed, type Place, readFailed, writeTrial } from './place.ts'
import { assertRoom, folderFor, prune, unpack } from './versions.ts'

const MAX_BUNDLE = 512 * 1024 * 1024
const bundlePath = /^\/v1\/agent\/releases\/shardlyn-agent-[0-9A-Za-z.-]{1,80}\.tar\.gz$/

type Deps = {
  /** Undefined where we cannot become another version. */
  place: Place | undefined
  isAllowed: boolean
  server: () => ControlPlane
  log: Logger
  /** Ends this agent; what starts it takes the new version. */
  end: () => void
  signal: AbortSignal
}

/** Becoming another version: fetched from our own control plane, checked, put beside the one that runs, and tried. */
export function createUpdates({ place, isAllowed, server, log, end, signal }: Deps) {
  const failed = place && readFailed(place)
  let status: NodeUpdate | null = failed ? { ...failed, state: 'failed' } : null

  async function become(to: Place, { version, path: from, size, sha256 }: Wanted, at: string): Promise<void> {
    const file = path.join(to.versions, `.download-${sha256.slice(0, 12)}`)
    try {
      const { folder, isThere } = folderFor(to, version, sha256)
      if (!isThere) {
        await assertRoom(to, size)
        await download({ server: server(), path: from, file, size, sha256, signal })
        status = { version, at, state: 'checking', reason: null }
        await unpack(to, { file, folder, version, sha256 })
      }
      await writeTrial(to, folder)
      status = { version, at, state: 'restarting', reason: null }
      log.info({ version, from: agentVersion }, 'the new version is here; the agent starts again as it')
      end()
    } catch (error) {
      log.error({ err: error, version }, 'the update failed; this version runs on')
      status = {
        version,
        at,
        state: 'failed',
        reason: (error instanceof Error ? error.message : String(error)).slice(0, 500),
      }
    } finally {
      await rm(file, { force: true })
    }
  }

  return {
    isUpdatable: isAllowed && place !== undefined,
    status: () => status,

    /** Answers once it has begun. */
    begin(wanted: unknown): NodeUpdate {
      if (!isAllowed || !place) {
        throw conflict(
          'agent_not_updatable',
          'This agent takes no updates. Run the install command on its machine again.',
        )
      }
      if (
        !Check(UpdateRequest, wanted) ||
        !versionPattern.test(wanted.version) ||
        !bundlePath.test(wanted.path) ||
        wanted.size > MAX_BUNDLE
      ) {
        throw invalid('invalid_request', 'This is not an update that an agent can take.')
      }
      if (status && status.state !== 'failed') {
        throw conflict('update_running', `It is becoming version ${status.version} already.`)
      }
      if (!isNewer(wanted.version, agentVersion)) {
        throw conflict('agent_is_current', `This agent is version ${agentVersion} already.`)
      }
      forgetFailed(place)
      const at = new Date().toISOString()
      const begun: NodeUpdate = (status = { version: wanted.version, at, state: 'downloading', reason: null })
      log.info({ version: wanted.version }, 'the control plane asks for an update')
      void become(place, wanted, at)
      return begun
    },

    /** After a start that worked. */
    async tidy(): Promise<void> {
      if (!place) return
      const removed = await prune(place)
      if (removed.length > 0) log.info({ removed }, 'old versions were removed')
    },
  }
}
export type Updates = ReturnType<typeof createUpdates>
