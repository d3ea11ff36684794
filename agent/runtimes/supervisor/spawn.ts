import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, with its final zero. */
const SOCKET_PATH_MAX = 100

/** Starts a supervisor that outlives us; the answer tells whether it has ended meanwhile. */
export function spawnSupervisor(folder: string, run: number): () => boolean {
  let ended = false
  const log = fs.openSync(path.join(folder, 'supervisor.log'), 'w', 0o600)
  try {
    const runAsNode = process.env.ELECTRON_RUN_AS_NODE
    const child = spawn(process.execPath, ['--max-semi-space-size=1', supervisorFile(), folder, String(run)], {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: path.parse(folder).root,
      // Nothing of the agent's own environment: it may hold secrets, and the server's is in the launch file.
      env: { PATH: process.env.PATH ?? '', ...(runAsNode && { ELECTRON_RUN_AS_NODE: runAsNode }) },
      windowsHide: true,
    })
    child.on('error', () => (ended = true))
    child.on('exit', () => (ended = true))
    child.unref()
    return () => ended
  } finally {
    fs.closeSync(log)
  }
}

/** Our own file as source; beside the agent, or one folder up from a chunk of it, when bundled. */
function supervisorFile(): string {
  if (import.meta.url.endsWith('.ts')) return fileURLToPath(new URL('main.ts', import.meta.url))
  const beside = fileURLToPath(new URL('supervisor.js', import.meta.url))
  return fs.existsSync(beside) ? beside : fileURLToPath(new URL('../supervisor.js', import.meta.url))
}

/** Where a supervisor listens: in its run's folder, or in a private temporary one when that path is too long. */
export function socketPath(folder: string): string {
  const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\shardlyn-${name}`
  const own = path.join(folder, 's.sock')
  if (Buffer.byteLength(own) <= SOCKET_PATH_MAX) return own
  const user = os.userInfo().uid
  const short = path.join(os.tmpdir(), `shardlyn-${user}`)
  fs.mkdirSync(short, { recursive: true, mode: 0o700 })
  const { uid, mode } = fs.lstatSync(short)
  if (uid !== user || (mode & 0o77) !== 0) throw new Error(`${short} belongs to somebody else; remove it.`)
  return path.join(short, `${name}.sock`)
}
