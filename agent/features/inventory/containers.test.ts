import { execFileSync } from 'node:child_process'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { labels } from '#agent/runtimes/docker/container-options'
import { busyboxImage } from '#server/testing/docker'
import { until } from '#server/testing/until'
import { actOnContainer, findContainer } from './container-actions.ts'
import { createDemultiplexer, openLogs, pourLogs } from './container-logs.ts'
import { readContainers } from './containers.ts'
import { createEngineApi } from './engine-api.ts'

const image = busyboxImage()
const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim()
const made: string[] = []
const start = (options: string[], ...command: string[]) => {
  const id = docker('run', '-d', '--network', 'none', ...options, image ?? '', ...command)
  made.push(id)
  return id
}
afterEach(() => {
  if (made.length > 0) docker('rm', '-f', ...made.splice(0))
})

const engine = createEngineApi()
const owners = [{ id: 'one', name: 'Game', runs: [] }]
function collector(pace = 0) {
  const parts: Buffer[] = []
  const sink = new Writable({
    highWaterMark: 16,
    write(chunk: Buffer, _, done) {
      parts.push(chunk)
      if (pace > 0) setTimeout(done, pace)
      else done()
    },
  })
  return { sink, text: () => Buffer.concat(parts).toString() }
}
async function logs(
  id: string,
  wanted: { tail?: number; follow?: boolean; timestamps?: boolean },
  signal: AbortSignal,
) {
  const found = await findContainer(engine, id, owners)
  const { sink, text } = collector()
  const response = await openLogs(engine, found, { tail: 200, follow: false, timestamps: false, ...wanted }, signal)
  return { text, done: pourLogs(response, found.isTerminal, sink, signal) }
}
const never = new AbortController().signal

test('what the engine mixes is taken apart, however it is cut', () => {
  const frame = (text: string, stream = 1) => {
    const header = Buffer.alloc(8)
    header[0] = stream
    header.writeUInt32BE(Buffer.byteLength(text), 4)
    return Buffer.concat([header, Buffer.from(text)])
  }
  const whole = Buffer.concat([frame('out one\n'), frame('err é\n', 2), frame(''), frame('x'.repeat(300))])
  for (const size of [1, 3, 7, 8, 9, 50, whole.length]) {
    const take = createDemultiplexer()
    const parts: Buffer[] = []
    for (let at = 0; at < whole.length; at += size) parts.push(take(whole.subarray(at, at + size)))
    expect([size, Buffer.concat(parts).toString()]).toEqual([size, `out one\nerr é\n${'x'.repeat(300)}`])
  }
})

test('without an engine it says so', async () => {
  const away = createEngineApi(() => ['/no/such/socket'])
  expect(await readContainers(away)).toEqual({ engine: null, containers: [] })
  await expect(findContainer(away, 'x', [])).rejects.toMatchObject({ status: 503, code: 'no_engine' })
})

test.skipIf(image === null)('containers are those of docker ps, ours marked', async () => {
  const other = start(['--name', `other-${process.pid}`], 'sleep', '1000')
  const ours = start(['--label', `${labels.instance}=one`], 'sleep', '1000')
  const { engine: version, containers } = await readContainers(engine)
  expect(version).toBe(docker('version', '--format', '{{.Server.Version}}'))
  expect(containers.map(({ id }) => id).sort()).toEqual(docker('ps', '-aq', '--no-trunc').split('\n').sort())
  expect(containers.find(({ id }) => id === other)).toMatchObject({
    name: `other-${process.pid}`,
    image,
    command: 'sleep 1000',
    state: 'running',
    networks: ['none'],
    instance_id: null,
  })
  expect(containers.find(({ id }) => id === ours)?.instance_id).toBe('one')
})

test.skipIf(image === null)(
  'another’s container is stopped, started, restarted and killed; ours is refused with its name',
  async () => {
    const id = start(['--init'], 'sleep', '1000')
    const state = () => docker('inspect', '-f', '{{.State.Status}} {{.State.StartedAt}}', id).split(' ')
    const container = await findContainer(engine, id, owners)
    const [, first] = state()
    await actOnContainer(engine, container, 'restart')
    expect(state()[0]).toBe('running')
    expect(state()[1]).not.toBe(first)
    await actOnContainer(engine, container, 'stop')
    expect(state()[0]).toBe('exited')
    await actOnContainer(engine, container, 'stop')
    await expect(actOnContainer(engine, container, 'kill')).rejects.toMatchObject({
      status: 409,
      code: 'engine_refused',
    })
    await Promise.all([actOnContainer(engine, container, 'start'), actOnContainer(engine, container, 'start')])
    expect(state()[0]).toBe('running')
    await actOnContainer(engine, container, 'kill')
    expect(docker('inspect', '-f', '{{.State.ExitCode}}', id)).toBe('137')

    const ours = start(['--label', `${labels.instance}=one`], 'sleep', '1000')
    await expect(findContainer(engine, ours.slice(0, 12), owners)).rejects.toMatchObject({
      code: 'container_managed',
      message: expect.stringContaining('Game'),
    })
    await expect(findContainer(engine, 'nothing-of-that-name', owners)).rejects.toMatchObject({ status: 404 })
  },
)

test.skipIf(image === null).each([[[] as string[]], [['-t']]])(
  'logs with %j: tail, times, follow until it ends',
  async (options) => {
    // The engine reads the two outputs apart, so that only a pause between them tells which came first.
    const id = start(options, 'sh', '-c', 'seq 1 50; sleep 0.5; echo wrong >&2; sleep 1000')
    await until(async () => {
      const all = await logs(id, {}, never)
      await all.done
      return all.text().includes('wrong')
    })
    const last = await logs(id, { tail: 3 }, never)
    await last.done
    expect(last.text().replaceAll('\r', '')).toBe('49\n50\nwrong\n')
    const timed = await logs(id, { tail: 1, timestamps: true }, never)
    await timed.done
    expect(timed.text()).toMatch(/^\d{4}-\d\d-\d\dT\S+Z wrong\r?\n$/)

    const leave = new AbortController()
    const followed = await logs(id, { tail: 1, follow: true }, leave.signal)
    leave.abort()
    await followed.done

    const untilGone = await logs(id, { tail: 0, follow: true }, never)
    docker('rm', '-f', id)
    made.splice(0)
    await untilGone.done
  },
)

test.skipIf(image === null)('a viewer that is slow holds the log back instead of filling the memory', async () => {
  const id = start([], 'sh', '-c', 'dd if=/dev/zero bs=1024 count=20000; sleep 1000')
  await sleep(1500)
  const leave = new AbortController()
  const found = await findContainer(engine, id, owners)
  const { sink } = collector(20)
  const response = await openLogs(engine, found, { tail: 10_000, follow: true, timestamps: false }, leave.signal)
  const done = pourLogs(response, found.isTerminal, sink, leave.signal)
  await sleep(300)
  expect(sink.writableLength).toBeLessThan(1024 * 1024)
  leave.abort()
  await done
})
