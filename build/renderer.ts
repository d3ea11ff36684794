import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { Plugin, UserConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** In development the page comes from here and everything else from the server, under one address. */
export const DEV_PORT = 5173

/** electron-vite makes paths relative, for file:// pages. Ours have addresses of their own, below which they would lead nowhere. */
const absoluteBase: Plugin = { name: 'absolute-base', enforce: 'post', config: () => ({ base: '/' }) }

/** How the dashboard is built. One build for desktop, LAN and headless, because the server serves it to all three. */
export function rendererConfig(command: 'serve' | 'build'): UserConfig {
  const server = `http://127.0.0.1:${process.env['SHARDLYN_PORT'] ?? '7480'}`
  return {
    root: at('src-renderer'),
    plugins: [react(), tailwindcss(), absoluteBase],
    server: {
      port: DEV_PORT,
      strictPort: true,
      proxy: Object.fromEntries(
        ['/v1', '/health', '/ready', '/template-icons', '/install.sh', '/cli'].map((path) => [
          path,
          { target: server, ws: true },
        ]),
      ),
    },
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      // The page's policy allows no data: addresses, so a small font stays a file.
      assetsInlineLimit: 0,
      minify: true,
      sourcemap: command === 'serve',
      target: 'chrome140',
      rollupOptions: { input: at('src-renderer/index.html') },
    },
  }
}
