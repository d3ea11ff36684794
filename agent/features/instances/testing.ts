import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { InstanceSpec, ObservedInstance, OutboxEvent, PowerAction } from '#contract/agent'
import { createOutbox } from '#agent/outbox'
import { callEngine } from '#agent/runtimes/docker/engine-http'
import { engineSockets } from '#agent/runtimes/docker/engine'
import type { Clock } from './clock.ts'
import { createInstances, type InstancesOptions } from './manager.ts'

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const TEST_IMAGE = 'shardlyn-test-busybox:1'

/** An agent's servers on a folder of their own; `again` is the same agent after a restart. */
export async function testAgent(options: Partial<InstancesOptions> = {}) {
  const dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'shardlyn-agent-'))
  const outbox = createOutbox({ file: path.join(dataDir, 'outbox.ndjson') })
  const events: OutboxEvent[] = []
  const instances = createInstances({ nodeId: () => 'test', log: quiet, ...options, dataDir, outbox })
  outbox.subscribe((event) => events.push(event))
  await instances.ready

  return {
    dataDir,
    instances,
    events,
    /** Resolves once the server is as it should be; says how it is when that takes too long. */
    until(id: string, isThere: (observed: ObservedInstance) => boolean, ms = 20_000): Promise<ObservedInstance> {
      return new Promise((resolve, reject) => {
        const check = () => {
          const observed = instances.get(id).observe()
          if (!isThere(observed)) return
          clearTimeout(timer)
          end()
          resolve(observed)
        }
        const timer = setTimeout(() => {
          end()
          reject(new Error(`It is still ${JSON.stringify(instances.get(id).observe())}`))
        }, ms)
        const end = outbox.subscribe(check)
        check()
      })
    },
    /** Resolves with the first event that tells of this; an event is told once it is on the disk. */
    untilEvent(activity: OutboxEvent['activity']): Promise<OutboxEvent> {
      return new Promise((resolve) => {
        const check = () => {
          const event = events.find((candidate) => candidate.activity === activity)
          if (!event) return
          end()
          resolve(event)
        }
        const end = outbox.subscribe(check)
        check()
      })
    },
    act: (id: string, action: PowerAction) => instances.act(id, request(action, 10_000, options.clock?.now())),
    /** The log from its beginning until it holds `text`. */
    async untilLog(id: string, text: string, ms = 20_000): Promise<string> {
      const signal = AbortSignal.timeout(ms)
      let seen = ''
      for await (const chunk of instances.get(id).log.read({ from: 0 }, signal).chunks) {
        seen += chunk.toString()
        if (seen.includes(text)) return seen
      }
      throw new Error(`The log never said ${text}: ${seen}`)
    },
    async [Symbol.asyncDispose]() {
      for (const { id } of instances.list()) {
        await instances.act(id, request('kill', 10_000, options.clock?.now())).catch(() => undefined)
        await instances.remove(id, 'delete')
      }
      await instances.close()
      await outbox.close()
      fs.rmSync(dataDir, { recursive: true, force: true })
    },
    /** Lets go as an agent that is stopped does. */
    async stop() {
      await instances.close()
      await outbox.close()
    },
  }
}

export const request = (action: PowerAction, deadlineMs = 10_000, now = Date.now()) => ({
  id: randomUUID(),
  action,
  deadline: new Date(now + deadlineMs).toISOString(),
})

/** A server that runs a shell script in either runtime. */
export function shellSpec(
  runtime: InstanceSpec['runtime'],
  script: string,
  changes: Partial<InstanceSpec> = {},
): InstanceSpec {
  return {
    id: randomUUID(),
    generation: 1,
    name: 'Test server',
    runtime,
    image: runtime === 'docker' ? TEST_IMAGE : null,
    command: ['/bin/sh', '-c', script],
    args: [],
    env: {},
    secret_env: [],
    working_dir: runtime === 'docker' ? '/data' : null,
    user: null,
    ports: [],
    volumes: [{ name: 'data', mount_path: '/data', read_only: false }],
    limits: { cpu: null, memory_bytes: null, pids: 100 },
    restart_policy: 'on-failure',
    stop: { command: 'stop', signal: 'SIGTERM', timeout_seconds: 10 },
    ready: { log: null, regex: null, port: null, timeout_seconds: 30 },
    install: null,
    config_files: [],
    healthcheck: null,
    initial_power: 'running',
    ...changes,
  }
}

/** A server that answers what is typed, and stops when told to. */
export const ECHO = 'echo up; while read -r line; do echo "heard $line"; [ "$line" = stop ] && exit 0; done'

/** Time that stands still until it is moved. */
export function fakeClock() {
  let now = Date.now()
  let timers: { at: number; callback: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((each) => each !== timer)
      }
    },
  }
  return {
    ...clock,
    advance(ms: number): void {
      now += ms
      const due = timers.filter((timer) => timer.at <= now)
      timers = timers.filter((timer) => timer.at > now)
      for (const { callback } of due) callback()
    },
  }
}

/** The socket of an engine that has our image of nothing but busybox; undefined, with why, where there is none. */
export async function engineWithImage(): Promise<{ socket: string } | { missing: string }> {
  const [socket] = engineSockets()
  const answer = socket ? await callEngine(socket, 'GET', '/_ping', 3000).catch(() => undefined) : undefined
  if (!socket || answer?.status !== 200) return { missing: 'no Docker engine answers' }
  const image = await callEngine(socket, 'GET', `/images/${TEST_IMAGE}/json`)
  if (image.status === 200) return { socket }
  if (!fs.existsSync('/bin/busybox')) return { missing: '/bin/busybox is not installed' }
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'shardlyn-busybox-'))
  for (const folder of ['bin', 'etc', 'tmp']) fs.mkdirSync(path.join(root, folder))
  fs.copyFileSync('/bin/busybox', path.join(root, 'bin/busybox'))
  for (const name of ['sh', 'cat', 'sleep', 'id', 'ls', 'dd', 'env', 'seq', 'touch']) {
    fs.symlinkSync('busybox', path.join(root, 'bin', name))
  }
  fs.writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\ngame:x:1234:1235::/data:/bin/sh\n')
  fs.writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\ngame:x:1235:\n')
  const tar = spawnSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 })
  const imported = spawnSync('docker', ['import', '-', TEST_IMAGE], { input: tar.stdout })
  fs.rmSync(root, { recursive: true })
  return imported.status === 0 ? { socket } : { missing: 'the test image could not be imported' }
}
