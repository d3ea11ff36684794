import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { callEngine } from '#agent/runtimes/docker/engine-http'
import { isAlive } from '#agent/runtimes/process-table'
import { findTree } from '#agent/runtimes/process-tree'
import { readLaunch, readStatus } from '#agent/runtimes/runs'
import { instanceFolder } from '#agent/state'
import { engineWithImage, shellSpec, testAgent } from './testing.ts'

const engine = await engineWithImage()
const missing = 'missing' in engine ? `, skipped: ${engine.missing}` : ''

const TEST_AGENT = fileURLToPath(new URL('test-agent.ts', import.meta.url))

/** Prints numbered lines for ever, and once at its start that it starts. */
const COUNT = 'echo start; n=0; while :; do n=$((n+1)); echo "n=$n"; sleep 0.01; done'

async function startAgent(dataDir: string) {
  const agent = spawn(process.execPath, [TEST_AGENT, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(agent.stdout, 'data')
  return agent
}

async function killAgent(agent: Awaited<ReturnType<typeof startAgent>>) {
  agent.kill('SIGKILL')
  await once(agent, 'exit')
}

/** Every number from one on, each once. */
function numbersIn(log: string): number[] {
  return [...log.matchAll(/^n=(\d+)\r?$/gm)].map((match) => Number(match[1]))
}

/** How many of a server run: native ones by what they carry in their environment, containers by their label. */
async function countServers(id: string): Promise<number> {
  const native = findTree({ child: null, marker: id }).filter((row) => row.name === 'sleep').length
  if (!('socket' in engine)) return native
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.shardlyn.instance=${id}`] }))
  const { body } = await callEngine(engine.socket, 'GET', `/containers/json?filters=${filters}`)
  return native + (JSON.parse(body) as unknown[]).length
}

describe.each([
  ['process', true, ''],
  ['docker', missing === '', missing],
] as const)('the %s runtime', (runtime, available, why) => {
  test.skipIf(!available)(
    `a server runs on while its agent is killed twenty times, and no line is lost or doubled${why}`,
    { timeout: 90_000 },
    async () => {
      const first = await testAgent()
      const spec = shellSpec(runtime, COUNT, { stop: { command: null, signal: 'SIGKILL', timeout_seconds: 5 } })
      await first.instances.put(spec)
      const before = await first.until(spec.id, (now) => now.state === 'running')
      await first.stop()

      for (let round = 0; round < 20; round++) await killAgent(await startAgent(first.dataDir))

      await using last = await testAgent({ dataDir: first.dataDir })
      const after = last.instances.get(spec.id).observe()
      expect(after).toMatchObject({
        state: 'running',
        pid: before.pid,
        container_id: before.container_id,
        crash_count: 0,
      })
      await last.act(spec.id, 'kill')
      await last.until(spec.id, (now) => now.state === 'stopped')
      const { log } = last.instances.get(spec.id)
      const all = await last.untilLog(spec.id, log.range().newest > 0 ? 'n=100' : '')
      const { newest } = log.range()
      let text = ''
      for await (const chunk of log.read({ from: 0 }, AbortSignal.timeout(10_000)).chunks) {
        text += chunk.toString()
        if (text.length >= newest) break
      }
      const numbers = numbersIn(text)
      expect(all.match(/^start/gm)).toHaveLength(1)
      expect(numbers.length).toBeGreaterThan(100)
      expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    },
  )

  test.skipIf(!available)(
    'an agent that is killed while it starts a server never starts it twice',
    { timeout: 90_000 },
    async () => {
      const first = await testAgent()
      const spec = shellSpec(runtime, 'echo start >> starts; exec sleep 1000', {
        initial_power: 'stopped',
        stop: { command: null, signal: 'SIGKILL', timeout_seconds: 5 },
      })
      await first.instances.put(spec)
      await first.until(spec.id, (now) => now.state === 'stopped')
      await first.act(spec.id, 'start')
      await first.stop()
      for (let round = 0; round < 10; round++) {
        const agent = spawn(process.execPath, [TEST_AGENT, first.dataDir], { stdio: 'ignore' })
        await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 300))
        agent.kill('SIGKILL')
        await once(agent, 'exit')
        expect(await countServers(spec.id)).toBeLessThanOrEqual(1)
      }
      await using last = await testAgent({ dataDir: first.dataDir })
      await last.until(spec.id, (now) => now.state === 'running')
      expect(await countServers(spec.id)).toBe(1)
    },
  )
})

const TWO = 'echo up; (sleep 1000 & sleep 1000)'
const stop = { command: null, signal: 'SIGKILL', timeout_seconds: 5 }

function killSupervisor(dataDir: string, id: string) {
  const folder = instanceFolder(dataDir, id)
  const { supervisor } = readStatus(folder.run, readLaunch(folder.run)?.run ?? 0) ?? {}
  process.kill(supervisor?.pid ?? 0, 'SIGKILL')
}

test('a native server whose supervisor is killed is ended with it, and counts as crashed', async () => {
  await using agent = await testAgent()
  const spec = shellSpec('process', TWO, { stop })
  await agent.instances.put(spec)
  await agent.until(spec.id, (now) => now.state === 'running')
  await expect.poll(() => findTree({ child: null, marker: spec.id }).length).toBe(3)
  const tree = findTree({ child: null, marker: spec.id })
  killSupervisor(agent.dataDir, spec.id)
  const crashed = await agent.until(spec.id, (now) => now.state === 'error')
  expect(crashed.reason).toContain('Its supervisor was killed')
  expect(tree.filter(isAlive)).toEqual([])
})

test.skipIf('missing' in engine)(
  'a container whose supervisor is killed runs on, and another takes it over',
  async () => {
    await using agent = await testAgent()
    const spec = shellSpec('docker', TWO, { stop })
    await agent.instances.put(spec)
    const { pid, container_id, started_at } = await agent.until(spec.id, (now) => now.state === 'running')
    killSupervisor(agent.dataDir, spec.id)
    await agent.untilLog(spec.id, 'The supervisor of this container was replaced')
    const after = await agent.until(spec.id, (now) => now.state === 'running')
    expect(after).toMatchObject({ pid, container_id, started_at, crash_count: 0 })
  },
)
