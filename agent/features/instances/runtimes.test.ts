import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { InstanceSpec } from '#contract/agent'
import { isAlive } from '#agent/runtimes/process-table'
import { findTree } from '#agent/runtimes/process-tree'
import { ECHO, engineWithImage, request, shellSpec, testAgent } from './testing.ts'

const engine = await engineWithImage()
const missing = 'missing' in engine ? `, skipped: ${engine.missing}` : ''

describe.each([
  ['process', true, ''],
  ['docker', missing === '', missing],
] as const)('the %s runtime', (runtime, available, why) => {
  const server = (script: string, changes: Partial<InstanceSpec> = {}) => shellSpec(runtime, script, changes)

  test.skipIf(!available)(`starts, prints, hears, and stops when told to${why}`, async () => {
    await using agent = await testAgent()
    const spec = server(ECHO)
    expect((await agent.instances.put(spec)).state).toBe('creating')
    const running = await agent.until(spec.id, (now) => now.state === 'running')
    expect(running).toMatchObject({ power: 'running', running_generation: 1, exit: null, reason: null })
    expect(running.pid).toBeGreaterThan(1)
    expect(running.container_id === null).toBe(runtime === 'process')
    agent.instances.get(spec.id).input(Buffer.from('hello\r'))
    await agent.untilLog(spec.id, 'heard hello')
    expect((await agent.act(spec.id, 'stop')).state).toBe('stopping')
    const stopped = await agent.until(spec.id, (now) => now.state === 'stopped')
    expect(stopped).toMatchObject({
      power: 'stopped',
      pid: null,
      reason: null,
      exit: { code: 0, signal: null, oom: false },
    })
    await agent.untilEvent('instance.stopped')
    expect(agent.events.map((event) => event.activity).filter(Boolean)).toEqual([
      'instance.started',
      'instance.ready',
      'instance.stopped',
    ])
  })

  test.skipIf(!available)('restarts into a fresh process, with what was changed meanwhile', async () => {
    await using agent = await testAgent()
    const spec = server('echo "I am $NAME"; exec sleep 1000', {
      env: { NAME: 'one' },
      stop: { command: null, signal: 'SIGTERM', timeout_seconds: 10 },
    })
    await agent.instances.put(spec)
    const first = await agent.until(spec.id, (now) => now.state === 'running')
    await agent.instances.put({ ...spec, generation: 2, env: { NAME: 'two' } })
    expect(agent.instances.get(spec.id).observe()).toMatchObject({
      generation: 2,
      running_generation: 1,
      pid: first.pid,
    })
    await agent.instances.put({ ...spec, generation: 1, env: { NAME: 'old' } })
    await agent.act(spec.id, 'restart')
    const second = await agent.until(spec.id, (now) => now.state === 'running')
    expect(second).toMatchObject({ generation: 2, running_generation: 2, crash_count: 0 })
    expect(second.pid).not.toBe(first.pid)
    await agent.untilLog(spec.id, 'I am two')
  })

  test.skipIf(!available)(
    'kills a tree that ignores signals once its time is up, and leaves nothing behind',
    async () => {
      await using agent = await testAgent()
      const stubborn =
        "trap '' TERM HUP INT; (trap '' TERM HUP INT; while :; do sleep 1; done) & echo up; while :; do sleep 1; done"
      const spec = server(stubborn, { stop: { command: null, signal: 'SIGTERM', timeout_seconds: 1 } })
      await agent.instances.put(spec)
      const { pid } = await agent.until(spec.id, (now) => now.state === 'running')
      await agent.untilLog(spec.id, 'up')
      const tree = findTree({
        child: { pid: pid ?? 0, start: findTree({ child: { pid: pid ?? 0, start: '' } })[0]?.start ?? '' },
        marker: spec.id,
      })
      await agent.act(spec.id, 'stop')
      const stopped = await agent.until(spec.id, (now) => now.state === 'stopped')
      expect(stopped.exit?.signal ?? stopped.exit?.code).toBe(runtime === 'process' ? 'SIGKILL' : 137)
      expect(tree.filter(isAlive)).toEqual([])
      expect(findTree({ child: null, marker: spec.id })).toEqual([])
      await agent.untilLog(spec.id, 'did not stop within 1 seconds')
    },
  )

  test.skipIf(!available)('a kill goes past everything else', async () => {
    await using agent = await testAgent()
    const spec = server("trap '' TERM; echo up; while :; do sleep 1; done", {
      stop: { command: null, signal: 'SIGTERM', timeout_seconds: 600 },
    })
    await agent.instances.put(spec)
    await agent.untilLog(spec.id, 'up')
    await agent.until(spec.id, (now) => now.state === 'running')
    await agent.act(spec.id, 'stop')
    await expect(agent.act(spec.id, 'start')).rejects.toMatchObject({ status: 409, code: 'busy' })
    await agent.act(spec.id, 'kill')
    expect(await agent.until(spec.id, (now) => now.state === 'stopped')).toMatchObject({
      power: 'stopped',
      crash_count: 0,
    })
  })

  test.skipIf(!available)(
    'an action that comes too late does nothing, and one that comes twice does so once',
    async () => {
      await using agent = await testAgent()
      const spec = server(ECHO)
      await agent.instances.put(spec)
      await agent.until(spec.id, (now) => now.state === 'running')
      await expect(agent.instances.act(spec.id, request('stop', -1))).rejects.toMatchObject({
        status: 409,
        code: 'expired',
      })
      const stop = request('stop')
      await agent.instances.act(spec.id, stop)
      await agent.until(spec.id, (now) => now.state === 'stopped')
      await agent.act(spec.id, 'start')
      await agent.until(spec.id, (now) => now.state === 'running')
      await agent.instances.act(spec.id, stop)
      expect(agent.instances.get(spec.id).observe()).toMatchObject({ state: 'running', power: 'running' })
    },
  )

  test.skipIf(!available)('a server that runs out of memory says so plainly', async ({ skip }) => {
    await using agent = await testAgent()
    skip(
      runtime === 'process' && !agent.instances.capabilities().process_limits.memory,
      'this machine lets us set no memory limit',
    )
    const spec = server('echo begin; exec dd if=/dev/zero of=/dev/null bs=64M count=4', {
      limits: { cpu: null, memory_bytes: 16 * 1024 * 1024, pids: 50 },
      restart_policy: 'never',
    })
    await agent.instances.put(spec)
    const failed = await agent.until(spec.id, (now) => now.state === 'error')
    expect(failed).toMatchObject({ exit: { oom: true }, crash_count: 1, power: 'stopped' })
    expect(failed.reason).toContain(
      'It ran out of memory: it was killed because it needed more than its limit of 16 MiB.',
    )
    expect((await agent.untilEvent('instance.crashed')).crash_log).toContain('begin')
  })

  test.skipIf(!available)('installs first, hides secrets in the log, and keeps what was installed', async () => {
    await using agent = await testAgent()
    const spec = server('cat installed; sleep 1000', {
      env: { TOKEN: 's3cr3t-token', PLAIN: 'plain' },
      secret_env: ['TOKEN'],
      install: { image: null, entrypoint: [], script: 'echo "with $TOKEN and $PLAIN"\necho done > installed\n' },
      stop: { command: null, signal: 'SIGKILL', timeout_seconds: 5 },
    })
    await agent.instances.put(spec)
    await agent.until(spec.id, (now) => now.state === 'running')
    await agent.untilLog(spec.id, 'done')
    const { installLog, installState } = agent.instances.get(spec.id)
    const lines = (await installLog.history({})).items.map((line) => line.text)
    expect(lines).toEqual(['with ******** and plain'])
    expect(installState()).toBe('done')
    expect((await agent.untilEvent('instance.installed')).instance.id).toBe(spec.id)
  })

  test.skipIf(!available)('an installation that fails says why, and can be tried again', async () => {
    await using agent = await testAgent()
    const install = { image: null, entrypoint: [], script: 'echo no such mirror; exit 3' }
    const spec = server(ECHO, { install })
    await agent.instances.put(spec)
    const failed = await agent.until(spec.id, (now) => now.state === 'error')
    expect(failed.reason).toContain('It ended with exit code 3.')
    expect(failed.reason).toContain('no such mirror')
    await agent.instances.put({ ...spec, generation: 2, install: { ...install, script: 'exit 0' } })
    await agent.until(spec.id, (now) => now.state === 'running')
  })

  test.skipIf(!available)('an agent that comes back finds the server running, or how it ended', async () => {
    const first = await testAgent()
    const spec = server(ECHO, { restart_policy: 'never' })
    await first.instances.put(spec)
    const { pid } = await first.until(spec.id, (now) => now.state === 'running')
    await first.stop()
    const second = await testAgent({ dataDir: first.dataDir })
    expect(second.instances.get(spec.id).observe()).toMatchObject({ state: 'running', pid })
    second.instances.get(spec.id).input(Buffer.from('still there\r'))
    await second.untilLog(spec.id, 'heard still there')
    second.instances.get(spec.id).input(Buffer.from('sto\x7fop\r'))
    await second.stop()
    await using third = await testAgent({ dataDir: first.dataDir })
    const ended = await third.until(spec.id, (now) => now.state === 'stopped')
    expect(ended).toMatchObject({
      exit: { code: 0 },
      power: 'stopped',
      reason: 'Its stop command was typed in the console.',
    })
  })

  test.skipIf(!available)('deleting keeps the data under its name, or deletes it', async () => {
    await using agent = await testAgent()
    const kept = server('echo world > map; exec sleep 1000', {
      name: 'My ../ server',
      stop: { command: null, signal: 'SIGKILL', timeout_seconds: 5 },
    })
    const gone = { ...kept, id: crypto.randomUUID() }
    for (const spec of [kept, gone]) {
      await agent.instances.put(spec)
      await agent.until(spec.id, (now) => now.state === 'running')
    }
    await expect.poll(() => fs.existsSync(path.join(agent.dataDir, 'instances', gone.id, 'data/map'))).toBe(true)
    await agent.instances.remove(kept.id, 'keep')
    await agent.instances.remove(gone.id, 'delete')
    await agent.instances.remove(gone.id, 'delete')
    expect(agent.instances.list()).toEqual([])
    expect(fs.readdirSync(path.join(agent.dataDir, 'instances'))).toEqual([])
    expect(fs.readdirSync(path.join(agent.dataDir, 'kept'))).toEqual([`${kept.id}-My-..-server`])
  })

  test.skipIf(!available)('tells what a server uses', async () => {
    await using agent = await testAgent()
    const spec = server('while :; do :; done', {
      limits: { cpu: 0.5, memory_bytes: 64 * 1024 * 1024, pids: 20 },
      stop: { command: null, signal: 'SIGKILL', timeout_seconds: 5 },
    })
    await agent.instances.put(spec)
    await agent.until(spec.id, (now) => now.state === 'running')
    const usage = () => agent.instances.stats(spec.id).usage
    await expect.poll(() => usage()?.cpu_percent ?? 0, { timeout: 15_000, interval: 300 }).toBeGreaterThan(20)
    expect(usage()?.memory_bytes).toBeGreaterThan(100_000)
    const isCapped = runtime === 'docker' || agent.instances.capabilities().process_limits.cpu
    expect(usage()?.cpu_percent).toBeLessThan(isCapped ? 75 : Infinity)
    expect(agent.instances.usages()).toMatchObject([{ id: spec.id, state: 'running' }])
  })

  test.skipIf(!available)('the log can be cleared while the server prints, and offsets go on', async () => {
    await using agent = await testAgent()
    const spec = server(ECHO)
    await agent.instances.put(spec)
    await agent.until(spec.id, (now) => now.state === 'running')
    await agent.untilLog(spec.id, 'up')
    const { log } = agent.instances.get(spec.id)
    const { newest } = log.range()
    await agent.instances.get(spec.id).clearLog()
    expect(log.range()).toEqual({ oldest: newest, newest })
    agent.instances.get(spec.id).input(Buffer.from('again\r'))
    expect(await agent.untilLog(spec.id, 'heard again')).not.toContain('up')
  })
})
