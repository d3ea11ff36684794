import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { systemClock } from '#server/clock'
import { openSlowProxy } from '#server/testing/slow-proxy'
import { defaultTimes, openSession, type Session } from '#server/tunnel/session'
import { type Figure, pairs } from './measure.ts'

const ROUND_TRIP_MS = 150
const BULK = 256 * 1024 * 1024
const GOAL = 25

async function drain(stream: Readable): Promise<void> {
  stream.resume()
  await once(stream, 'end')
}
const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port

/** One stream of the tunnel to a machine that is 150 ms away, against plain TCP over the same way. */
export async function benchLongWay(): Promise<Figure[]> {
  const raw = createTcpServer().listen(0, '127.0.0.1')
  const arrived = Promise.withResolvers<Session>()
  const door = createServer()
  door.on('upgrade', (_, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: shardlyn-tunnel\r\nConnection: Upgrade\r\n\r\n')
    arrived.resolve(openSession({ duplex: socket, wire: socket, clock: systemClock, times: defaultTimes }))
  })
  door.listen(0, '127.0.0.1')
  await Promise.all([once(raw, 'listening'), once(door, 'listening')])
  const toDoor = await openSlowProxy(portOf(door), ROUND_TRIP_MS)
  const toRaw = await openSlowProxy(portOf(raw), ROUND_TRIP_MS)
  const peer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'tunnel-peer.ts'), `http://127.0.0.1:${toDoor.port}`, String(toRaw.port)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const speed = async (work: () => Promise<void>) => {
    const begun = performance.now()
    await work()
    return BULK / 1e6 / ((performance.now() - begun) / 1000)
  }
  try {
    const session = await arrived.promise
    const figure = await pairs(
      { name: `tunnel stream, ${ROUND_TRIP_MS} ms away`, unit: 'MB/s', against: 'plain TCP over the same way' },
      3,
      () =>
        speed(async () => {
          const { stream } = await session.open({ method: 'GET', path: `/bulk?bytes=${BULK}` }, undefined, undefined)
          await drain(stream)
        }),
      () =>
        speed(async () => {
          const connected = once(raw, 'connection') as Promise<[Socket]>
          peer.stdin.write(`${BULK}\n`)
          await drain((await connected)[0])
        }),
    )
    return [{ ...figure, goal: { text: `>= ${GOAL} MB/s`, met: figure.ours >= GOAL } }]
  } finally {
    peer.kill()
    await toDoor.close()
    await toRaw.close()
    door.closeAllConnections()
    door.close()
    raw.close()
  }
}
