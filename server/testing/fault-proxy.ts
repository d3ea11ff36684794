import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

type Pair = { client: Socket; upstream: Socket }

/**
 * A TCP proxy on loopback that breaks what passes through it: `reset` ends connections with RST, `drop` lets bytes
 * vanish while the connection seems to stand, `stall` holds them back, `halfClose` ends one direction, `refuse` takes no
 * new ones. `restore` is the path's return.
 */
export async function openFaultProxy(targetPort: number) {
  const pairs = new Set<Pair>()
  let fault: 'none' | 'drop' | 'stall' | 'refuse' = 'none'
  let cutAfter: number | undefined
  let passed = 0

  const server = createServer({ noDelay: true }, (client) => {
    if (fault === 'refuse') return client.resetAndDestroy()
    const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    const pair = { client, upstream }
    pairs.add(pair)
    const pipe = (from: Socket, to: Socket) => {
      from.on('data', (chunk) => {
        if (fault === 'drop') return
        passed += chunk.length
        if (!to.write(chunk)) {
          from.pause()
          to.once('drain', () => fault !== 'stall' && from.resume())
        }
        if (cutAfter !== undefined && passed >= cutAfter) {
          cutAfter = undefined
          proxy.reset()
        }
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
      if (fault === 'stall') from.pause()
    }
    pipe(client, upstream)
    pipe(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const proxy = {
    port: (server.address() as AddressInfo).port,
    connections: () => pairs.size,
    reset() {
      for (const { client, upstream } of pairs) {
        client.resetAndDestroy()
        upstream.resetAndDestroy()
      }
    },
    /** Resets everything once `bytes` more have passed: in the middle of something. */
    resetAfter(bytes: number) {
      cutAfter = passed + bytes
    },
    drop: () => (fault = 'drop'),
    refuse() {
      fault = 'refuse'
      proxy.reset()
    },
    stall() {
      fault = 'stall'
      for (const { client, upstream } of pairs) {
        client.pause()
        upstream.pause()
      }
    },
    halfClose() {
      for (const { client, upstream } of pairs) {
        upstream.end()
        client.pause()
      }
    },
    /** The path is back. What was dropped is gone, so connections that lost bytes end. */
    restore() {
      const lossy = fault === 'drop'
      fault = 'none'
      if (lossy) proxy.reset()
      for (const { client, upstream } of pairs) {
        client.resume()
        upstream.resume()
      }
    },
    async close() {
      proxy.reset()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
export type FaultProxy = Awaited<ReturnType<typeof openFaultProxy>>
