import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The command line as people download it: one file that needs Node 20 or newer and nothing else. */
export async function bundleCommandLine(outDir = join(root, 'out', 'cli')): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: true,
      rollupOptions: {
        input: { shardlyn: join(root, 'cli', 'main.ts') },
        output: { format: 'es', entryFileNames: '[name].mjs', banner: '#!/usr/bin/env node' },
      },
    },
  })
}
