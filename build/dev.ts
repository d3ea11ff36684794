// npm run dev: the dashboard reloads as you edit, the server restarts. In the desktop window where there can be one.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createServer } from 'vite'
import { root } from './out.ts'
import { DEV_PORT, rendererConfig } from './renderer.ts'
import { electronProgram, whyNoWindow } from './window.ts'

// Edits must not meet the servers that this person really runs.
process.env['SHARDLYN_DATA_DIR'] ??= join(root, '.dev-data')
process.env['SHARDLYN_PORT'] ??= '7480'
// Through the page's address the server sees one origin, as in production; it is told so as its public address.
process.env['SHARDLYN_PUBLIC_URL'] ??= `http://localhost:${DEV_PORT}`

function run(args: string[]): void {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 0))
}

if (!whyNoWindow() && electronProgram(root)) {
  run([join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'dev', '--watch'])
} else {
  const page = await createServer({ ...rendererConfig('serve'), configFile: false })
  await page.listen()
  run(['--watch', '--watch-preserve-output', join(root, 'server', 'main.ts')])
}
