import { getLiveness } from '#contract/health'
import type { Config } from '#server/config'
import type { RunningServer } from '#server/start'

type Start = (config: Config) => Promise<RunningServer>

export class AlreadyRunningError extends Error {
  readonly url: string
  constructor(url: string) {
    super(`Shardlyn already runs at ${url}.`)
    this.url = url
  }
}

export class PortsTakenError extends Error {
  readonly first: number
  readonly last: number
  constructor(first: number, last: number) {
    super(`Every port from ${first} to ${last} is taken.`)
    this.first = first
    this.last = last
  }
}

const TRIES = 10

/** Whether a Shardlyn answers there: its liveness probe says so in its own way. */
async function isShardlyn(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL(getLiveness.url, url), { signal: AbortSignal.timeout(2_000) })
    const answer: unknown = await response.json()
    return response.ok && (answer as { status?: unknown } | null)?.status === 'ok'
  } catch {
    return false
  }
}

/**
 * Starts the server on the wanted port or one of the next, because the port is part of the address under which the page keeps what
 * it remembers. It never starts beside another Shardlyn: two must not share one database.
 */
export async function startOnFreePort(start: Start, config: Config): Promise<RunningServer> {
  for (let port = config.port; port < config.port + TRIES; port++) {
    try {
      return await start({ ...config, port })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      const url = `http://127.0.0.1:${port}`
      if (await isShardlyn(url)) throw new AlreadyRunningError(url)
    }
  }
  throw new PortsTakenError(config.port, config.port + TRIES - 1)
}
