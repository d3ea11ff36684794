import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Places } from './config.ts'

/** Where the built dashboard, the resources and the agent are, from source (server/) and from the bundle (out/main/) alike. */
export function findPlaces(moduleUrl: string): Places {
  const here = dirname(fileURLToPath(moduleUrl))
  const isBundle = existsSync(join(here, 'agent.js'))
  const root = isBundle ? join(here, '..', '..') : join(here, '..')
  const ownNode = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  return {
    agentReleases: {
      folder: join(root, 'out', 'releases'),
      from: {
        agent: join(root, 'out', 'agent'),
        node: existsSync(ownNode) ? ownNode : process.execPath,
        scripts: join(root, 'resources'),
      },
    },
    rendererDir: join(root, 'out', 'renderer'),
    resourcesDir: join(root, 'resources'),
    agentCommand: [process.execPath, isBundle ? join(here, 'agent.js') : join(root, 'agent', 'main.ts')],
  }
}
