import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Places } from '#server/config'

type App = {
  isPackaged: boolean
  /** The folder of package.json: the checkout, or the archive. */ root: string
  resourcesPath: string
}

const isWindows = process.platform === 'win32'
const program = isWindows ? 'node.exe' : 'node'

/**
 * Where the dashboard, the templates and the agent are. The app's own program cannot run the agent, because its fuse for running
 * as Node is off; so the packaged app brings a Node, and a checkout has one in node_modules.
 */
export function findPlaces({ isPackaged, root, resourcesPath }: App): Places {
  if (isPackaged) {
    return {
      rendererDir: join(root, 'out', 'renderer'),
      resourcesDir: join(resourcesPath, 'resources'),
      agentReleases: { folder: join(resourcesPath, 'releases') },
      agentCommand: [join(resourcesPath, 'node', program), join(resourcesPath, 'agent', 'agent.js')],
    }
  }
  const ownNode = join(
    root,
    'node_modules',
    `node-${isWindows ? 'win' : process.platform}-${process.arch}`,
    'bin',
    program,
  )
  return {
    agentReleases: {
      folder: join(root, 'out', 'releases'),
      ...(existsSync(ownNode) && {
        from: { agent: join(root, 'out', 'agent'), node: ownNode, scripts: join(root, 'resources') },
      }),
    },
    rendererDir: join(root, 'out', 'renderer'),
    resourcesDir: join(root, 'resources'),
    agentCommand: [existsSync(ownNode) ? ownNode : 'node', join(root, 'out', 'main', 'agent.js')],
  }
}
