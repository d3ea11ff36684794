import { existsSync } from 'node:fs'
import path from 'node:path'
import { Check } from 'typebox/value'
import { agentPaths } from '#contract/agent'
import type { NodeSsh } from '#contract/nodes'
import { SshTrust } from '#contract/ssh'
import { AgentError, invalid } from '../../errors.ts'
import type { AgentRoute } from '../../http.ts'
import type { Logger } from '../../logger.ts'
import type { AgentSettings } from '../../settings.ts'
import { readHostKeys } from './host-keys.ts'
import { createManaged, TRUST_FILE } from './managed.ts'
import { removeSsh } from './removal.ts'
import { createSshd, findSshd } from './sshd.ts'

type Options = {
  dataDir: string
  settings: Pick<AgentSettings, 'ssh'>
  /** Where sshd listens. */
  port: () => number
  log: Logger
  lookMs?: number
}

/** The machine's sshd as the control plane sees it, and, where its owner lets us, whom it trusts. */
export function createSsh({ dataDir, settings, port, log, ...options }: Options) {
  const folder = settings.ssh?.folder ?? '/etc/ssh'
  const program = findSshd()
  const isAsked = settings.ssh?.manage ?? false
  const managed =
    isAsked && program
      ? createManaged({ dataDir, folder, sshd: createSshd(program, folder), log, ...options })
      : undefined

  const begun = managed
    ? managed.begin()
    : !isAsked && existsSync(path.join(dataDir, TRUST_FILE))
      ? removeSsh(dataDir, settings).catch((error: unknown) =>
          log.warn({ err: error }, 'what was put into the folder of sshd could not be taken away'),
        )
      : Promise.resolve()

  function state(): NodeSsh | null {
    const host_keys = readHostKeys(folder)
    if (!program && host_keys.length === 0 && !isAsked) return null
    const problem = isAsked && !program ? 'There is no sshd on this machine. Install the OpenSSH server.' : null
    const unmanaged = { trusts_ca: false, ca_fingerprints: [], krl_version: null, problem }
    return { port: port(), host_keys, is_managed: isAsked, ...(managed?.state() ?? unmanaged) }
  }

  const routes: AgentRoute[] = [
    {
      method: 'PUT',
      path: agentPaths.sshTrust,
      async handle(request) {
        if (!managed) {
          throw new AgentError(409, 'ssh_unmanaged', 'The owner of this machine has not let Shardlyn manage its sshd.')
        }
        const trust = await request.json()
        if (!Check(SshTrust, trust)) throw invalid('invalid_request', 'This is not what sshd is to trust.')
        await managed.apply(trust).catch((error: unknown) => {
          throw invalid('ssh_trust_unusable', `It was not put in place: ${(error as Error).message}`)
        })
        return { json: state() }
      },
    },
  ]
  return {
    routes,
    state,
    begun,
    async close() {
      await begun
      await managed?.close()
    },
  }
}
