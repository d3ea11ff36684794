import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { agentPackages, neededByAgent } from './dependencies.ts'
import { root } from './out.ts'

const isWanted = (path: string) =>
  !/\.(ts|map|md|c|cc|h|gyp|gypi)$/.test(path) && !/\/(test|tests|examples|docs)$/.test(path)

/**
 * The agent as it is shipped: a few files of its own, because it runs outside the app's archive. Packages that find files beside
 * themselves, as those with native parts and protocol descriptions do, stay packages.
 */
export async function bundleAgent({
  outDir = join(root, 'out', 'agent'),
  plugins = [],
}: { outDir?: string; plugins?: Plugin[] } = {}): Promise<void> {
  rmSync(outDir, { recursive: true, force: true })
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins,
    ssr: { noExternal: true, external: agentPackages },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node24',
      minify: true,
      rollupOptions: {
        input: {
          agent: join(root, 'agent', 'main.ts'),
          supervisor: join(root, 'agent', 'runtimes', 'supervisor', 'main.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  })
  for (const name of neededByAgent(root)) {
    const from = join(root, 'node_modules', name)
    // Optional packages of other platforms are named in the lockfile and not installed.
    if (existsSync(from)) cpSync(from, join(outDir, 'node_modules', name), { recursive: true, filter: isWanted })
  }
  cpSync(join(root, 'build', 'agent-package.json'), join(outDir, 'package.json'))
}

if (import.meta.main) await bundleAgent()
