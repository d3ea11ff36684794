import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeBeneath } from './beneath.ts'
import { ECHO, engineWithImage, shellSpec, testAgent } from './testing.ts'

const root = process.getuid?.() === 0
const engine = await engineWithImage()
const noStop = { command: null, signal: 'SIGKILL', timeout_seconds: 5 }
const file = (path: string, content = 'x', overwrite = true) => ({ path, content, overwrite })

async function listen(): Promise<{ port: number; close: () => void }> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as net.AddressInfo).port, close: () => server.close() }
}

test('a taken port is refused by name, and the server starts once it is free', async () => {
  await using agent = await testAgent({ rules: { backoffMs: [50], giveUpAfter: 5, windowMs: 600_000 } })
  const other = await listen()
  const ports = [{ name: 'game', container_port: 1, host_port: other.port, protocol: 'tcp' as const }]
  const spec = shellSpec('process', ECHO, { ports })
  await agent.instances.put(spec)
  const failed = await agent.until(spec.id, (now) => now.state === 'error')
  expect(failed.reason).toMatch(
    new RegExp(`^Port ${other.port} \\(tcp\\) is already used by .+ \\(pid ${process.pid}\\)\\.$`),
  )
  expect(failed).toMatchObject({ crash_count: 0, power: 'running' })
  await agent.untilEvent('instance.start_failed')
  other.close()
  await agent.until(spec.id, (now) => now.state === 'running')
  await agent.untilEvent('instance.ready')
  expect(agent.events.filter((event) => event.activity === 'instance.start_failed')).toHaveLength(1)
})

test('what listens is told with its process', async () => {
  await using agent = await testAgent()
  const { port, close } = await listen()
  const found = (await agent.instances.listening()).find((each) => each.port === port)
  close()
  expect(found).toEqual({ port, protocol: 'tcp', process: expect.stringContaining(`(pid ${process.pid})`) })
})

test.each([
  [
    'a program that is not installed',
    { command: ['no-such-program'] },
    'The program no-such-program is not installed on this machine.',
  ],
  ['no program', { command: [] }, 'This server names no program to run.'],
  ['a user that does not exist', { user: 'nobody-here' }, 'This machine has no user nobody-here.'],
  ['a folder that does not exist', { working_dir: 'nowhere' }, 'The working folder nowhere does not exist.'],
])('%s is said in words', async (_, changes, reason) => {
  await using agent = await testAgent()
  const spec = shellSpec('process', ECHO, { restart_policy: 'never', ...changes })
  await agent.instances.put(spec)
  expect(await agent.until(spec.id, (now) => now.state === 'error')).toMatchObject({ reason, power: 'stopped' })
})

test.skipIf('missing' in engine)('an image that cannot be had is said in words', async () => {
  await using agent = await testAgent()
  const image = 'localhost:1/no/such-image:1'
  const spec = shellSpec('docker', ECHO, { image, restart_policy: 'never' })
  await agent.instances.put(spec)
  const failed = await agent.until(spec.id, (now) => now.state === 'error')
  expect(failed.reason).toContain(`The image ${image} is not on this machine and could not be pulled:`)
})

test('configuration files are written before each start, some only once', async () => {
  await using agent = await testAgent()
  const config_files = [file('conf/deep/server.ini', 'port=1\n'), file('once.txt', 'first\n', false)]
  const spec = shellSpec('process', 'cat conf/deep/server.ini once.txt; exec sleep 1000', {
    config_files,
    stop: noStop,
  })
  await agent.instances.put(spec)
  await agent.untilLog(spec.id, 'first')
  await agent.until(spec.id, (now) => now.state === 'running')
  const next = [file('conf/deep/server.ini', 'port=2\n'), file('once.txt', 'second\n', false)]
  await agent.instances.put({ ...spec, generation: 2, config_files: next })
  await agent.act(spec.id, 'restart')
  expect(await agent.untilLog(spec.id, 'port=2\r\nfirst')).not.toContain('second')
})

test.each(['../outside', '/etc/passwd', 'a/../../b', 'link/inside', 'file-link', '', '.', 'folder'])(
  'a configuration file cannot leave the data: %s',
  async (target) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shardlyn-beneath-'))
    const data = path.join(folder, 'data')
    fs.mkdirSync(path.join(data, 'folder'), { recursive: true })
    fs.mkdirSync(path.join(folder, 'elsewhere'))
    fs.writeFileSync(path.join(folder, 'secret'), 'untouched')
    fs.symlinkSync('../elsewhere', path.join(data, 'link'))
    fs.symlinkSync('../secret', path.join(data, 'file-link'))
    await expect(writeBeneath(data, target, 'escaped', true)).rejects.toMatchObject({ code: 'path_not_allowed' })
    expect(fs.readdirSync(path.join(folder, 'elsewhere'))).toEqual([])
    expect(fs.readFileSync(path.join(folder, 'secret'), 'utf8')).toBe('untouched')
    fs.rmSync(folder, { recursive: true })
  },
)

test('a server is ready when a line matches, whatever its colours', async () => {
  await using agent = await testAgent()
  const ready = { log: null, regex: '^Done \\(\\d+ms\\)!$', port: null, timeout_seconds: 60 }
  const script = `echo 'Done (xms)!'; read -r go; printf 'Done \\033[32m(12ms)\\033[0m!\\n'; exec sleep 1000`
  const spec = shellSpec('process', script, { ready, stop: noStop })
  await agent.instances.put(spec)
  await agent.untilLog(spec.id, 'Done (xms)!')
  expect(agent.instances.get(spec.id).observe().state).toBe('starting')
  agent.instances.get(spec.id).input(Buffer.from('\r'))
  expect(await agent.until(spec.id, (now) => now.state === 'running')).toMatchObject({ reason: null })
})

test('a server is ready when its port takes connections', async () => {
  await using agent = await testAgent()
  const { port, close } = await listen()
  const script = `const s = require("net").createServer().listen(${port}); process.on("SIGTERM", () => process.exit(0)); s.ref()`
  const spec = shellSpec('process', '', {
    command: [process.execPath, '-e', script],
    ready: { log: null, regex: null, port, timeout_seconds: 60 },
  })
  close()
  await agent.instances.put(spec)
  expect(await agent.until(spec.id, (now) => now.state === 'running')).toMatchObject({ reason: null })
})

test('a server that never says that it is ready counts as running, with the reason', async () => {
  await using agent = await testAgent()
  const ready = { log: 'never printed', regex: null, port: null, timeout_seconds: 1 }
  const spec = shellSpec('process', 'exec sleep 1000', { ready, stop: noStop })
  await agent.instances.put(spec)
  const running = await agent.until(spec.id, (now) => now.state === 'running')
  expect(running.reason).toBe('It did not say that it is ready within 1 seconds.')
})

test('a server sees nothing of the agent’s own environment', async () => {
  process.env.SHARDLYN_TEST_SECRET = 'do-not-leak'
  await using agent = await testAgent()
  const spec = shellSpec('process', 'env; echo over; exec sleep 1000', { env: { MINE: 'yes' }, stop: noStop })
  await agent.instances.put(spec)
  const log = await agent.untilLog(spec.id, 'over')
  delete process.env.SHARDLYN_TEST_SECRET
  expect(log).toContain('MINE=yes')
  expect(log).toContain(`HOME=${agent.instances.get(spec.id).folder.data}`)
  expect(log).not.toContain('do-not-leak')
})

test.skipIf(!root)('a server runs as another user, without root’s groups, in its own data', async () => {
  await using agent = await testAgent()
  fs.chmodSync(agent.dataDir, 0o711)
  const spec = shellSpec('process', 'echo "$(id -u) $(id -G)"; touch mine && ls -ln mine; echo over; exec sleep 1000', {
    user: 'nobody',
    stop: noStop,
    config_files: [file('given.txt')],
  })
  await agent.instances.put(spec)
  const log = await agent.untilLog(spec.id, 'over')
  expect(log).toContain('65534 65534\r\n')
  expect(log).toContain(' mine')
  expect(fs.statSync(path.join(agent.instances.get(spec.id).folder.data, 'given.txt')).uid).toBe(65534)
})

test('a server whose folder is too deep for a socket starts all the same', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shardlyn-deep-'))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  const deep = path.join(folder, 'd'.repeat(90))
  fs.mkdirSync(deep)
  await using agent = await testAgent({ dataDir: deep })
  const spec = shellSpec('process', ECHO)
  await agent.instances.put(spec)
  expect(await agent.until(spec.id, (now) => now.state === 'running')).toMatchObject({ reason: null })
})
