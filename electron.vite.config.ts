import { fileURLToPath } from 'node:url'
import { defineConfig } from 'electron-vite'
import { bundleCommandLine } from './build/cli-bundle.ts'
import { bundledDependencies } from './build/dependencies.ts'
import { root } from './build/out.ts'
import { rendererConfig } from './build/renderer.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig(({ command }) => ({
  main: {
    plugins: [{ name: 'command-line', apply: 'build', closeBundle: () => bundleCommandLine() }],
    build: {
      outDir: 'out/main',
      target: 'node24',
      externalizeDeps: { exclude: bundledDependencies(root) },
      sourcemap: command === 'serve',
      rollupOptions: {
        // Native parts of ssh2 that are not compiled here; it does without, and asks for them in vain.
        external: ['cpu-features', /sshcrypto\.node$/],
        // Four programs that share chunks: the desktop, the headless server, the agent, and the keeper of one native process.
        input: {
          index: at('src-main/index.ts'),
          server: at('server/main.ts'),
          agent: at('agent/main.ts'),
          supervisor: at('agent/runtimes/supervisor/main.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      sourcemap: command === 'serve',
      // A sandboxed preload can require nothing but electron, so everything else goes into the one file.
      externalizeDeps: false,
      // An ES module preload would need the sandbox switched off.
      rollupOptions: {
        input: { index: at('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: rendererConfig(command),
}))
