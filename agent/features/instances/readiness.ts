import net from 'node:net'
import vm from 'node:vm'
import type { InstanceSpec } from '#contract/agent'
import type { InstanceLog } from '#agent/log/instance-log'
import { withoutEscapes } from '#agent/log/log-history'
import type { Clock } from './clock.ts'

/** A line longer than this is only looked at as far. */
const LINE_MAX = 4096
const PORT_EVERY_MS = 250
/** The engine's own proxy accepts for a server that does not listen yet, and hangs up at once. */
const PORT_HELD_MS = 150

export type Readiness = 'ready' | 'timeout' | 'ended'

/** Resolves when a server says that it is ready, by its log or by a port that takes connections. */
export async function waitUntilReady(
  ready: InstanceSpec['ready'],
  log: InstanceLog,
  from: number,
  remainingMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Readiness> {
  if (ready.log === null && ready.regex === null && ready.port === null) return 'ready'
  const over = new AbortController()
  const end = () => over.abort()
  signal.addEventListener('abort', end, { once: true })
  let timedOut = false
  const cancel = clock.after(remainingMs, () => {
    timedOut = true
    over.abort()
  })
  try {
    const waits = [
      ...(ready.log === null && ready.regex === null ? [] : [watchLog(ready, log, from, over.signal)]),
      ...(ready.port === null ? [] : [watchPort(ready.port, over.signal)]),
    ]
    if (await Promise.race(waits)) return 'ready'
    return timedOut ? 'timeout' : 'ended'
  } finally {
    cancel()
    signal.removeEventListener('abort', end)
    over.abort()
  }
}

async function watchLog(ready: InstanceSpec['ready'], log: InstanceLog, from: number, signal: AbortSignal) {
  const matches = lineMatcher(ready)
  let rest = ''
  for await (const chunk of log.read({ from }, signal).chunks) {
    const lines = (rest + chunk.toString('utf8')).split('\n')
    rest = lines.at(-1)?.slice(-LINE_MAX) ?? ''
    // The unfinished line counts too: a prompt has no line end.
    if (matches(lines.map((line) => withoutEscapes(line).replace(/\r$/, '').slice(0, LINE_MAX)))) return true
  }
  return false
}

function lineMatcher({ log, regex }: InstanceSpec['ready']): (lines: string[]) => boolean {
  if (regex === null) return (lines) => lines.some((line) => line.includes(log ?? ''))
  let pattern: RegExp
  try {
    pattern = new RegExp(regex)
  } catch {
    return (lines) => lines.some((line) => line.includes(regex))
  }
  // The pattern is somebody else's. Inside vm a match that never ends can be ended.
  const script = new vm.Script('lines.some((line) => pattern.test(line))')
  return (lines) => {
    if (log !== null && lines.some((line) => line.includes(log))) return true
    try {
      return Boolean(script.runInNewContext({ lines, pattern }, { timeout: 100 }))
    } catch {
      return false
    }
  }
}

async function watchPort(port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await holdsConnection(port, signal)) return true
    await pause(PORT_EVERY_MS, signal)
  }
  return false
}

function holdsConnection(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => setTimeout(() => done(true), PORT_HELD_MS))
    socket.once('data', () => done(true))
    socket.once('end', () => done(false))
    socket.once('error', () => done(false))
    signal.addEventListener('abort', () => done(false), { once: true })
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
