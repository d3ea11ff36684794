import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { systemClock } from '#server/clock'
import { defaultTimes, openSession, type Session } from '#server/tunnel/session'
import { atLeast, atMost, type Figure, median, pairs } from './measure.ts'

const BULK = 1024 * 1024 * 1024
const CALLS = 2000

async function drain(stream: Readable): Promise<number> {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  await once(stream, 'end')
  return bytes
}

const megabytes = (bytes: number, begun: number) => bytes / 1e6 / ((performance.now() - begun) / 1000)

/** The tunnel between two processes, in bulk against plain TCP between the same two, and in latency against plain HTTP. */
export async function benchTunnel(): Promise<Figure[]> {
  const raw = createTcpServer()
  raw.listen(0, '127.0.0.1')
  const arrived = Promise.withResolvers<Session>()
  const door = createServer()
  door.on('upgrade', (_, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: shardlyn-tunnel\r\nConnection: Upgrade\r\n\r\n')
    arrived.resolve(openSession({ duplex: socket, wire: socket, clock: systemClock, times: defaultTimes }))
  })
  door.listen(0, '127.0.0.1')
  await Promise.all([once(raw, 'listening'), once(door, 'listening')])
  const port = (server: { address: () => unknown }) => (server.address() as AddressInfo).port
  const peer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'tunnel-peer.ts'), `http://127.0.0.1:${port(door)}`, String(port(raw))],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  try {
    const [said] = (await once(peer.stdout, 'data')) as [Buffer]
    const direct = /ready at (\S+)/.exec(said.toString())?.[1] ?? ''
    const session = await arrived.promise

    const bulk = await pairs(
      { name: 'tunnel bulk', unit: 'MB/s', against: 'plain TCP between the same processes' },
      5,
      async () => {
        const begun = performance.now()
        const { stream } = await session.open({ method: 'GET', path: `/bulk?bytes=${BULK}` }, undefined, undefined)
        return megabytes(await drain(stream), begun)
      },
      async () => {
        const begun = performance.now()
        const connected = once(raw, 'connection') as Promise<[Socket]>
        peer.stdin.write(`${BULK}\n`)
        const [socket] = await connected
        return megabytes(await drain(socket), begun)
      },
    )

    const kept = new Agent({ keepAlive: true, maxSockets: 1 })
    const p50 = async (call: () => Promise<unknown>) => {
      const times: number[] = []
      for (let i = 0; i < CALLS; i++) {
        const begun = performance.now()
        await call()
        times.push(performance.now() - begun)
      }
      return median(times)
    }
    const latency = await pairs(
      { name: 'tunnel request latency p50', unit: 'ms', against: 'direct HTTP call' },
      5,
      () =>
        p50(async () => {
          const { stream } = await session.open({ method: 'GET', path: '/small' }, undefined, undefined)
          await drain(stream)
        }),
      () =>
        p50(
          () =>
            new Promise<void>((resolve, reject) =>
              get(direct, { agent: kept }, (response) => response.on('end', resolve).resume()).on('error', reject),
            ),
        ),
    )
    kept.destroy()
    const added = latency.ours - latency.yardstick
    return [
      { ...bulk, goal: atLeast(bulk.ratio, 0.85) },
      { ...latency, goal: { ...atMost(added, 0.5, 'ms'), text: `added ${added.toFixed(2)} ms <= 0.5 ms` } },
    ]
  } finally {
    peer.kill()
    door.closeAllConnections()
    door.close()
    raw.close()
  }
}
