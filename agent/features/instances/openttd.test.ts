import fs from 'node:fs'
import net from 'node:net'
import { expect, test } from 'vitest'
import { shellSpec, testAgent } from './testing.ts'

const installed = fs.existsSync('/usr/games/openttd')

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test.skipIf(!installed)(
  `a real game server runs natively${installed ? '' : ', skipped: openttd is not installed'}`,
  async () => {
    await using agent = await testAgent()
    const port = await freePort()
    const spec = shellSpec('process', '', {
      name: 'OpenTTD',
      command: ['openttd'],
      args: ['-D', `127.0.0.1:${port}`, '-d', 'net=3', '-x', '-c', 'openttd.cfg'],
      ports: (['tcp', 'udp'] as const).map((protocol) => ({
        name: 'game',
        container_port: port,
        host_port: port,
        protocol,
      })),
      config_files: [
        { path: 'openttd.cfg', content: '[network]\nserver_name = Test\nclient_name = Server\n', overwrite: true },
      ],
      stop: { command: 'quit', signal: 'SIGTERM', timeout_seconds: 20 },
      ready: { log: 'Map generated, starting game', regex: null, port: null, timeout_seconds: 60 },
    })
    await agent.instances.put(spec)
    const running = await agent.until(spec.id, (now) => now.state === 'running', 60_000)
    expect(running.reason).toBeNull()
    agent.instances.get(spec.id).input(Buffer.from('say hello\r'))
    await agent.untilLog(spec.id, 'hello')
    expect(await agent.instances.listening()).toContainEqual({
      port,
      protocol: 'tcp',
      process: expect.stringContaining('openttd'),
    })
    await agent.act(spec.id, 'stop')
    expect(await agent.until(spec.id, (now) => now.state === 'stopped')).toMatchObject({
      exit: { code: 0 },
      reason: null,
    })
  },
)
