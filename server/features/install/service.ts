import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentPaths, type UpdateRequest } from '#contract/agent'
import { type AgentRelease, downloadAgentRelease, isNewer } from '#contract/install'
import { type FleetNode, getNode, listNodes, NodeUpdate } from '#contract/nodes'
import { urlFor } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { ReleasePlace } from '#server/config'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, notFound } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { Log } from '#server/log'
import type { Agents } from '#server/tunnel/agents'
import { version } from '#server/version'
import { createReleases } from './releases.ts'

type Deps = {
  db: Db
  log: Log
  audit: Audit
  publish: Publish
  agents: Agents
  resourcesDir: string
  place: ReleasePlace | null
  /** A machine of the caller's organization; refuses another. */
  findMachine: (caller: Caller, id: string) => Promise<FleetNode>
  /** Shown until the machine’s next heartbeat tells it itself. */
  noteUpdate: (db: Db, nodeId: string, update: NodeUpdate) => Promise<void>
}
/** How long an agent may take to say that it has begun. */
const BEGIN_MS = 15_000

/** What a machine needs to become one of ours: the install script, and the agent that it fetches. */
export function createInstallService({ log, resourcesDir, place, ...deps }: Deps) {
  const releases = createReleases({ place, version, log })
  let kept: { script: Buffer; sha256: string } | undefined

  /** Read once: what we serve and the checksum that we tell stay the same bytes while we run. */
  function script() {
    if (!kept) {
      const bytes = readFileSync(join(resourcesDir, 'install.sh'))
      kept = { script: bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
    }
    return kept
  }

  return {
    version,
    script: () => script().script,
    scriptSha256: () => script().sha256,
    releases: (): Promise<AgentRelease[]> => releases.list(),
    /** Tells a machine's agent to become our version. How that goes it tells itself, with its heartbeats. */
    async update(caller: Caller, id: string): Promise<{ version: string }> {
      const machine = await deps.findMachine(caller, id)
      const { agent_version, features, platform, arch } = machine
      if (!features.is_updatable) {
        throw conflict(
          'agent_not_updatable',
          'The agent of this machine takes no updates from here. Run the install command there again.',
        )
      }
      if (!isNewer(version, agent_version ?? '')) {
        throw conflict('agent_is_current', `The agent of this machine is version ${agent_version} already.`)
      }
      const release = (await releases.list()).find(({ target }) => target === `${platform}-${arch}`)
      if (!release) {
        throw conflict('no_agent_bundle', `There is no agent for ${platform}-${arch} here, only for other machines.`)
      }
      const { sha256, size, file } = release
      const path = urlFor(downloadAgentRelease, { params: { file } })
      const answer = await deps.agents.request(id, {
        method: 'POST',
        path: agentPaths.update,
        json: { version, sha256, size, path } satisfies UpdateRequest,
        timeoutMs: BEGIN_MS,
      })
      const begun = answer.json(NodeUpdate)
      await inTransaction(deps.db, async (db) => {
        await deps.noteUpdate(db, id, begun)
        await deps.audit(db, {
          ...byCaller(caller),
          action: 'node.agent_update_started',
          subject: { type: 'node', id, name: machine.name },
          details: { from: agent_version, to: version },
        })
      })
      deps.publish({
        organization_id: caller.organization_id,
        kind: 'node.updated',
        subject: { type: 'node', id },
        stale: [listNodes, { operation: getNode, id }],
      })
      return { version }
    },
    /** The folder of a bundle that we hold. */
    async folderOf(file: string): Promise<string> {
      const held = await releases.list()
      if (!releases.folder || !held.some((release) => release.file === file)) {
        throw notFound(
          'release_not_found',
          'There is no such agent bundle here. The list of releases says which there are.',
        )
      }
      return releases.folder
    },
  }
}
export type InstallService = ReturnType<typeof createInstallService>
