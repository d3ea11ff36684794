// The door of every npm script: installs what the lockfile asks for, then runs the given script under Node 24.
// It runs before anything is installed and on any Node from 20.11 on, so it may import nothing but Node's own modules.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { basename, delimiter, dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const isWindows = process.platform === 'win32'
const nodeDir = join(modules, `node-${isWindows ? 'win' : process.platform}-${process.arch}`)
const ownNode = isWindows ? join(nodeDir, 'bin', 'node.exe') : join(nodeDir, 'bin', 'node')

/** True when node_modules holds what the lockfile names. Times are asked first, because reading both files costs 10 ms. */
function isInstalled() {
  const lock = join(root, 'package-lock.json')
  const mark = join(modules, '.package-lock.json')
  if (!existsSync(mark)) return false
  if (statSync(mark).mtimeMs >= statSync(lock).mtimeMs) return true
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages
  const have = JSON.parse(readFileSync(mark, 'utf8')).packages
  const isSame =
    Object.entries(wanted).every(
      ([path, { version, optional }]) =>
        path === '' || (have[path] ? have[path].version === version : optional === true),
    ) && Object.keys(have).every((path) => path in wanted)
  // A checkout touches the lockfile without changing it: remember that it is the same one.
  if (isSame) utimesSync(mark, new Date(), new Date())
  return isSame
}

/** How to call npm: through the copy that started us, else the one in PATH. */
function npmCommand() {
  const cli = process.env.npm_execpath
  if (cli && basename(cli).startsWith('npm-cli')) {
    const node = process.env.npm_node_execpath
    // npm replaces node_modules, and would lose its own program if it ran under the Node in there.
    return [node && existsSync(node) && !node.startsWith(modules + sep) ? node : process.execPath, cli]
  }
  if (!isWindows) return ['npm']
  // npm.cmd is a shell script; the program behind it lies beside node.exe.
  const node = process.execPath.startsWith(modules + sep)
    ? (process.env.npm_node_execpath ?? process.execPath)
    : process.execPath
  return [node, join(dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js')]
}

function install() {
  console.log(
    existsSync(modules)
      ? 'The dependencies have changed: installing them.'
      : 'First start: installing the dependencies.',
  )
  const [command, ...args] = npmCommand()
  // Windows cannot delete a program that runs, and that may be the Node we are under: there npm changes only what differs.
  const verb = isWindows && process.execPath.startsWith(modules + sep) ? 'install' : 'ci'
  const { status, error } = spawnSync(command, [...args, verb, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    // Where native code must be compiled after all, its headers are those of the Node that we bring.
    env: { ...process.env, npm_config_nodedir: nodeDir },
  })
  if (status === 0) return
  const why = error ? `npm could not be started (${error.message})` : 'npm said why above'
  console.error(`The dependencies could not be installed: ${why}. Check the network connection and try again.`)
  process.exit(status || 1)
}

const [script, ...args] = process.argv.slice(2)
if (!script) {
  console.error('Usage: node build/launch.mjs <script> [arguments]')
  process.exit(2)
}
if (!isInstalled()) install()

const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24
const node = isNewEnough && existsSync(process.execPath) ? process.execPath : existsSync(ownNode) ? ownNode : undefined
if (!node) {
  console.error(
    `Shardlyn needs Node 24 or newer, and brings none for ${process.platform} on ${process.arch}. This is Node ${process.versions.node}. ` +
      'Install Node 24 from nodejs.org and try again.',
  )
  process.exit(1)
}

// Tools that are started by name find this Node and the project's own programs first.
const path = [dirname(node), join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter)
const target = resolve(root, script)
if (node === process.execPath && target.startsWith(join(root, 'build') + sep)) {
  // Already there, as in every npm script after the first: no second process. Other scripts may ask whether they are the main one.
  process.chdir(root)
  process.env.PATH = path
  process.argv.splice(1, process.argv.length, target, ...args)
  await import(pathToFileURL(target).href)
} else {
  const child = spawn(node, [target, ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } })
  child.on('error', (error) => {
    console.error(`${node} could not be started: ${error.message}`)
    process.exit(1)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well, and a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
