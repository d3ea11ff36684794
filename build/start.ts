// npm start and npm run headless: builds what changed, then shows the desktop window, or runs the server and says why.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, root } from './out.ts'
import { electronProgram, whyNoWindow } from './window.ts'

const args = process.argv.slice(2)
const isAskedHeadless = args.includes('--headless')
const rest = args.filter((arg) => arg !== '--headless')

/** Electron's package fetches its program on demand, because no install script runs here. */
function fetchElectron(): string | undefined {
  console.log('Fetching the desktop window’s program (Electron); this happens once.')
  const script = join(root, 'node_modules', 'electron', 'install.js')
  spawnSync(process.execPath, [script], { cwd: root, stdio: 'inherit', timeout: 600_000 })
  return electronProgram(root)
}

function showWindow(program: string): void {
  const child = spawn(program, [root, ...rest], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the window's process as well.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`The desktop window could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}

/** The server runs in this very process: one Node, and signals reach it directly. */
async function runServer(): Promise<void> {
  const server = join(root, 'out', 'main', 'server.js')
  process.argv.splice(1, process.argv.length, server, ...rest)
  await import(pathToFileURL(server).href)
}

await ensureBuilt()
const obstacle = isAskedHeadless ? undefined : whyNoWindow()
const program = isAskedHeadless || obstacle ? undefined : (electronProgram(root) ?? fetchElectron())
if (program) {
  showWindow(program)
} else {
  const reason = obstacle ?? 'the desktop window’s program (Electron) could not be fetched'
  if (!isAskedHeadless) console.log(`Running headless, because ${reason}.`)
  await runServer()
}
