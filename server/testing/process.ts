import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Tokens } from '#contract/auth'
import { bootstrap, login } from '#contract/auth'
import { type Input, type Operation, type Output, urlFor } from '#contract/operation'
import type { Problem } from '#contract/problem'

const root = join(import.meta.dirname, '..', '..')
const bundle = join(root, 'out', 'main', 'server.js')

/** The built server when it is there, as people run it; else the source. */
export const serverEntry = () => (existsSync(bundle) ? bundle : join(root, 'server', 'main.ts'))

export type ServerProcess = {
  url: string
  child: ChildProcess
  /** Milliseconds from spawn to the printed address. */
  readyMs: number
  /** Ends it at once, as a crash would, and waits until it is gone. */
  kill: () => Promise<void>
  /** Asks it to stop and waits. */
  stop: () => Promise<void>
}

/** Starts a real control plane in its own process and waits until it prints its address. */
export async function startServerProcess(options: {
  dataDir: string
  port?: number
  localNode?: boolean
  env?: NodeJS.ProcessEnv
  entry?: string
  logFile?: string
}): Promise<ServerProcess> {
  const begun = performance.now()
  const args = [options.entry ?? serverEntry(), '--port', String(options.port ?? 0), '--data-dir', options.dataDir]
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      SHARDLYN_LOCAL_NODE: options.localNode ? 'on' : 'off',
      SHARDLYN_LOG_LEVEL: 'warn',
      SHARDLYN_RATE_LIMIT: '100000',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: Buffer[] = []
  const log = options.logFile ? createWriteStream(options.logFile, { flags: 'a' }) : undefined
  child.stderr.on('data', (chunk: Buffer) => (log ? log.write(chunk) : said.push(chunk)))
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      log?.write(chunk)
      const found = / ready at (\S+)/.exec(text)?.[1]
      if (found) resolve(found)
    })
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      reject(
        new Error(
          `The server ended before it was ready (${code ?? signal}).\n${text}\n${Buffer.concat(said).toString()}`,
        ),
      ),
    )
  })
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await exited
    }
  }
  return { url, child, readyMs: performance.now() - begun, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

/** A refusal, as a client meets it. */
export class Refused extends Error {
  readonly status: number
  readonly problem: Problem
  constructor(op: Operation, status: number, problem: Problem) {
    super(
      `${op.schema.operationId}: ${status} ${problem.code}: ${problem.error} ${JSON.stringify(problem.details ?? '')}`,
    )
    this.status = status
    this.problem = problem
  }
}

export const testPerson = { email: 'admin@example.com', password: 'correct horse' }

/** Calls operations over HTTP. `signIn` sets the server up when it is new. */
export function createClient(url: string) {
  let token: string | undefined
  async function call<O extends Operation>(op: O, input: Input<O>): Promise<Output<O>> {
    const { body } = input as { body?: unknown }
    const response = await fetch(new URL(urlFor(op, input as object), url), {
      method: op.method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Refused(op, response.status, JSON.parse(text) as Problem)
    return (text ? JSON.parse(text) : undefined) as Output<O>
  }
  return {
    url,
    call,
    token: () => token ?? '',
    /** Goes on as the one these tokens are of. */
    speakFor: ({ access_token }: Tokens) => void (token = access_token),
    async signIn(): Promise<Tokens> {
      let tokens: Tokens
      try {
        tokens = await call(bootstrap, { body: testPerson })
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 409) throw error
        tokens = (await call(login, { body: testPerson })) as Tokens
      }
      token = tokens.access_token
      return tokens
    },
  }
}
export type Client = ReturnType<typeof createClient>
