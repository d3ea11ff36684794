import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { agentExits, agentFiles } from '#contract/agent'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Log } from './log.ts'

type Deps = {
  config: Pick<Config, 'dataDir' | 'agentCommand' | 'localAllows'>
  clock: Clock
  log: Log
  /** Where we listen, for a program on this machine. */
  url: () => string
  createToken: (organizationId: string, name: string) => Promise<string>
  isKnown: (nodeId: string) => Promise<boolean>
}

/** How often an agent that is not our child is looked for. */
const LOOK_MS = 1000
const FIRST_DELAY_MS = 300
const MAX_DELAY_MS = 30_000
/** An agent that lived so long, or reached us, is not failing at its start. */
const LIVED_MS = 10_000
const STOP_MS = 10_000
const MAX_OUTPUT = 256 * 1024

type Holder = { pid: number; start?: string }

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.new`
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, file)
}

/** When a process started, as the kernel counts; a later process with the same number has another. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function isAlive({ pid, start }: Holder): boolean {
  if (process.platform === 'linux' && start !== undefined) return startOf(pid) === start
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Of our own settings the agent and its servers see nothing. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('SHARDLYN_'))
  return { ...Object.fromEntries(own), ...(process.versions['electron'] && { ELECTRON_RUN_AS_NODE: '1' }) }
}

/**
 * Keeps the agent of this machine running. It is a process of its own that outlives us, killed or stopped, and with it
 * the servers; after our next start it is found again, not started twice. Its lock, not ours, decides that.
 */
export function createLocalNode({ config, clock, log, url, createToken, isKnown }: Deps) {
  const folder = join(config.dataDir, 'agent')
  const fileOf = (name: keyof typeof agentFiles) => join(folder, agentFiles[name])
  let organization: string | undefined
  let cancel = () => {}
  let delay = FIRST_DELAY_MS
  let closed = false
  let hasReachedUs = false
  let child: ChildProcess | undefined

  function holder(): Holder | undefined {
    const { pid, start } = readJson(fileOf('lock')) ?? {}
    const found = typeof pid === 'number' ? { pid, ...(typeof start === 'string' && { start }) } : undefined
    return found && isAlive(found) ? found : undefined
  }

  /** An agent that we do not know, or not any more, gets a token with which it joins. */
  async function ensureIdentity(organizationId: string): Promise<void> {
    const nodeId = readJson(fileOf('identity'))?.['node_id']
    if (typeof nodeId === 'string' && (await isKnown(nodeId))) return rmSync(fileOf('token'), { force: true })
    writeWhole(fileOf('token'), await createToken(organizationId, hostname()))
  }

  /** What this machine's owner said to us; true when that is news to its agent. */
  function writeSettings({ terminal, hostFiles }: NonNullable<Config['localAllows']>): boolean {
    const before = readJson(fileOf('settings')) ?? {}
    const { host_files, ...rest } = before
    const files = hostFiles === undefined ? host_files : hostFiles.length > 0 ? { paths: hostFiles } : undefined
    const after = {
      ...rest,
      ...(terminal !== undefined && { terminal }),
      ...(files !== undefined && { host_files: files }),
    }
    if (isDeepStrictEqual(after, before)) return false
    writeWhole(fileOf('settings'), `${JSON.stringify(after, null, 2)}\n`)
    return true
  }

  function openOutput(): number {
    const file = join(folder, 'agent.out')
    try {
      if (statSync(file).size > MAX_OUTPUT) rmSync(file)
    } catch {
      // There is none yet.
    }
    return openSync(file, 'a', 0o600)
  }

  function start(): ChildProcess {
    const [program = process.execPath, ...args] = config.agentCommand
    const output = openOutput()
    try {
      // A session of its own, and none of our pipes: our end must not be its end.
      const made = spawn(program, [...args, '--server', url(), '--data-dir', folder], {
        cwd: folder,
        detached: true,
        env: environment(),
        stdio: ['ignore', 'ignore', output],
        windowsHide: true,
      })
      made.unref()
      return made
    } finally {
      closeSync(output)
    }
  }

  const later = (ms: number) => {
    cancel()
    if (!closed) cancel = clock.after(ms, () => void look())
  }

  /** Sees to it that an agent runs. */
  async function look(): Promise<void> {
    if (closed || organization === undefined) return
    try {
      // Our own child tells us its end; another's is looked for.
      if (child) return
      if (holder()) return later(LOOK_MS)
      await ensureIdentity(organization)
      if (closed) return
      const begun = clock.now()
      hasReachedUs = false
      const started = (child = start())
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        child = undefined
        if (closed) return
        if (code === agentExits.alreadyRunning) return later(LOOK_MS)
        delay = hasReachedUs || clock.now() - begun > LIVED_MS ? FIRST_DELAY_MS : Math.min(delay * 2, MAX_DELAY_MS)
        log.warn({ exit_code: code, signal, again_in_ms: delay }, 'the agent of this machine ended')
        later(delay)
      }
      started.once('exit', ended)
      started.once('error', (error) => {
        started.removeListener('exit', ended)
        child = undefined
        delay = Math.min(delay * 2, MAX_DELAY_MS)
        log.error({ err: error }, 'the agent of this machine could not be started')
        later(delay)
      })
    } catch (error) {
      log.error({ err: error }, 'the agent of this machine could not be looked after')
      later(MAX_DELAY_MS)
    }
  }

  return {
    /** Once we listen and an organization exists. */
    async begin(organizationId: string): Promise<void> {
      if (organization !== undefined || closed) return
      organization = organizationId
      mkdirSync(folder, { recursive: true, mode: 0o711 })
      // An agent that still runs from before finds us here, also on another port.
      writeWhole(fileOf('server'), `${JSON.stringify({ url: url() })}\n`)
      const isNews = writeSettings(config.localAllows ?? {})
      const found = holder()
      if (found) await ensureIdentity(organizationId)
      // It reads them at its start; its servers run on meanwhile.
      if (found && isNews) process.kill(found.pid, 'SIGTERM')
      await look()
    },
    /** An agent that reached us did not fail at its start, however soon it ends. */
    reached(nodeId: string): void {
      hasReachedUs ||= nodeId === readJson(fileOf('identity'))?.['node_id']
    },
    /** Lets go of the agent, or ends it too; its servers run on in both cases. */
    async close({ stopAgent = false }: { stopAgent?: boolean } = {}): Promise<void> {
      closed = true
      cancel()
      const found = stopAgent ? holder() : undefined
      if (!found) return
      process.kill(found.pid, 'SIGTERM')
      const deadline = Date.now() + STOP_MS
      while (isAlive(found) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
    },
  }
}
export type LocalNode = ReturnType<typeof createLocalNode>
