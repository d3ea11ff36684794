// npm start and npm run headless: builds what changed, then shows the desktop window, or runs the server and says why.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { electronProgram, whyNoWindow } from './desktop.mjs'
import { ensureBuilt, root } from './out.mjs'

const args = process.argv.slice(2)
const isAskedHeadless = args.includes('--headless')
const rest = args.filter((arg) => arg !== '--headless')

/** Electron's package fetches its program on demand, because no install script runs here. */
function fetchElectron() {
  console.log('Fetching the desktop window’s program (Electron); this happens once.')
  spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    cwd: root,
    stdio: 'inherit',
    timeout: 600_000,
  })
  return electronProgram(root)
}

function showWindow(program) {
  const child = spawn(program, [root, ...rest], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`The desktop window could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
}

/** The server runs in this very process: one Node, and signals reach it directly. */
async function runServer() {
  const server = join(root, 'out', 'main', 'server.js')
  process.argv.splice(1, process.argv.length, server, ...rest)
  await import(pathToFileURL(server).href)
}

await ensureBuilt()
const obstacle = isAskedHeadless ? undefined : whyNoWindow()
const program = isAskedHeadless || obstacle ? undefined : (electronProgram(root) ?? fetchElectron())
if (program) showWindow(program)
else {
  if (!isAskedHeadless)
    console.log(
      `Running headless, because ${obstacle ?? 'the desktop window’s program (Electron) could not be fetched'}.`,
    )
  await runServer()
}
