import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram } from './machine.ts'

const SOCKET = '/var/run/docker.sock'

/** Whether a Docker engine answers here. */
function doesEngineAnswer(): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath: SOCKET, path: '/_ping', timeout: 5_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('error', () => resolve(false))
    ping.on('timeout', () => ping.destroy())
    ping.end()
  })
}

export type Engine = { stop: () => Promise<void> }

/**
 * Starts a Docker engine when none answers and we may. The answer stops it; it does nothing for an engine that was there
 * before. A string says why there is none.
 */
export async function ensureEngine(folder: string): Promise<Engine | string> {
  if (await doesEngineAnswer()) return { stop: async () => {} }
  const dockerd = findProgram('dockerd')
  if (!dockerd) return 'Docker is not installed'
  if (process.getuid?.() !== 0) return 'no Docker engine answers, and starting one needs root'

  mkdirSync(folder, { recursive: true })
  const logFile = join(folder, 'dockerd.log')
  const log = openSync(logFile, 'w')
  // In a group of its own, so that Ctrl-C reaches us first and the tests can end before their engine does.
  const child = spawn(dockerd, [], { stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  writeFileSync(join(folder, 'dockerd.pid'), String(child.pid))
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let hasEnded = false
  void ended.then(() => (hasEnded = true))

  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !hasEnded; await sleep(200)) {
    if (!(await doesEngineAnswer())) continue
    return {
      async stop() {
        child.kill('SIGTERM')
        await Promise.race([ended, sleep(30_000, undefined, { ref: false })])
        if (!hasEnded) child.kill('SIGKILL')
      },
    }
  }
  child.kill('SIGKILL')
  const lastWords = readFileSync(logFile, 'utf8').trim().split('\n').at(-1) ?? ''
  return `the Docker engine did not start: ${lastWords.slice(0, 300)}`
}
