import { agentExits, agentPaths } from '#contract/agent'
import type { NodeFeatures } from '#contract/nodes'
import type { AgentRoute } from '#agent/http'
import type { Logger } from '#agent/logger'
import type { AgentSettings } from '#agent/settings'
import { readServer } from '#agent/trust'
import { findPlace } from './place.ts'
import { beginTrial } from './trial.ts'
import { createUpdates } from './updates.ts'

type Deps = {
  dataDir: string
  settings: AgentSettings
  log: Logger
  end: (exitCode: number) => void
  signal: AbortSignal
}

/** How this agent becomes another version, and proves itself when it is one. */
export function createUpdating({ dataDir, settings, log, end, signal }: Deps) {
  const place = findPlace()
  const trial = beginTrial({ place, log, onFailed: () => end(agentExits.updateFailed) })
  const updates = createUpdates({
    place,
    // Without something that starts us again we would stay away.
    isAllowed: settings.service !== undefined && settings.updates !== false,
    server() {
      const known = readServer(dataDir)
      if (!known) throw new Error('It is not known where the control plane is.')
      return { ...known, preferIpv4: settings.prefer_ipv4 ?? false }
    },
    log,
    end: () => end(agentExits.updated),
    signal,
  })
  const routes: AgentRoute[] = [
    {
      method: 'POST',
      path: agentPaths.update,
      handle: async (request) => ({ status: 202, json: updates.begin(await request.json()) }),
    },
  ]

  return {
    routes,
    features: (): Pick<NodeFeatures, 'is_updatable' | 'update'> => ({
      is_updatable: updates.isUpdatable,
      update: updates.status(),
    }),
    /** The same routes; the first sync that is answered is what a new version has to reach. */
    watched: (all: readonly AgentRoute[]): AgentRoute[] =>
      all.map((route) =>
        route.method === 'PUT' && route.path === agentPaths.sync
          ? {
              ...route,
              async handle(request) {
                const reply = await route.handle(request)
                trial.accepted()
                updates.tidy().catch((error: unknown) => log.warn({ err: error }, 'old versions could not be removed'))
                return reply
              },
            }
          : route,
      ),
    close: trial.close,
  }
}
