import https from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { httpLimits } from './fastify.ts'
import { routeUpgrades } from './upgrade.ts'

type Identity = { key: string; cert: string }
export type SecureListener = {
  port: number
  /** Another certificate, for connections from now on. */
  show: (identity: Identity) => void
  /** Takes no more connections, lets what is under way end, and cuts the rest. */
  close: (graceMs: number) => Promise<void>
}

/** `handshakeTimeout`: how long a peer may take to say its first byte, and to shake hands. */
export const secureLimits = { ...httpLimits, handshakeTimeout: 10_000 }
export type SecureLimits = { readonly [K in keyof typeof secureLimits]: number }
/** How long the last words to a peer may take. */
const ANSWER_MS = 1000
/** What a TLS handshake begins with. */
const TLS_HANDSHAKE = 0x16
const SPEAK_TLS = [
  'HTTP/1.1 400 Bad Request',
  'Content-Type: text/plain; charset=utf-8',
  'Connection: close',
  '',
  'This address speaks https only. Begin it with https://\n',
].join('\r\n')

/** What is said to a request that never became one. */
const unreadable = (code = '') =>
  [`HTTP/1.1 ${said[code] ?? '400 Bad Request'}`, 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n')
const said: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
}

/** Every address of this machine, IPv4 and IPv6 apart, so that callers are known by the address that they have. */
const everywhere = [{ host: '0.0.0.0' }, { host: '::', ipv6Only: true }] as const
/** A machine may have no IPv6. */
const noSuchFamily = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])

/** Looks at the first byte, so that who speaks plain HTTP is told so instead of being cut. */
function expectTls(server: https.Server, { handshakeTimeout }: SecureLimits): void {
  const [accept] = server.listeners('connection') as ((socket: Socket) => void)[]
  if (!accept) throw new Error('A server of https has no listener for its connections.')
  server.removeListener('connection', accept)
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy())
    socket.setTimeout(handshakeTimeout, () => socket.destroy())
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null
      if (first === null) return void socket.destroy()
      if (first[0] !== TLS_HANDSHAKE) {
        socket.resume()
        return void socket.end(SPEAK_TLS)
      }
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      socket.unshift(first)
      accept.call(server, socket)
    })
  })
}

function makeServer(app: FastifyInstance, identity: Identity, limits: SecureLimits) {
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  }
  const server = https.createServer({ ...limits, ...identity, minVersion: 'TLSv1.2' }, app.routing)
  expectTls(server, limits)
  server.on('connection', keep)
  server.on('secureConnection', keep)
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket: TLSSocket) => {
    // Before the handshake there is nobody to answer.
    if (!open.has(socket) || !socket.writable || code === 'ECONNRESET') return void socket.destroy()
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.end(unreadable(code), () => socket.destroy())
  })
  routeUpgrades(app, server)
  return { server, open }
}

const listen = (server: https.Server, options: object) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.removeListener('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })

async function end({ server, open }: ReturnType<typeof makeServer>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = setTimeout(() => {
    for (const socket of open) socket.destroy()
  }, graceMs)
  await closed
  clearTimeout(cut)
}

/** A second server with TLS for the same app: the same routes, door, limits and upgrades. */
export async function listenSecurely(
  app: FastifyInstance,
  { port, ...identity }: Identity & { port: number },
  limits: SecureLimits = secureLimits,
): Promise<SecureListener> {
  const listening: ReturnType<typeof makeServer>[] = []
  let chosen = port
  try {
    for (const place of everywhere) {
      const made = makeServer(app, identity, limits)
      try {
        chosen = await listen(made.server, { ...place, port: chosen })
        made.server.on('error', (error) => app.log.error({ err: error }, 'the network listener failed'))
        listening.push(made)
      } catch (error) {
        if (listening.length === 0 || !noSuchFamily.has((error as NodeJS.ErrnoException).code ?? '')) throw error
      }
    }
  } catch (error) {
    await Promise.all(listening.map((made) => end(made, 0)))
    throw error
  }
  return {
    port: chosen,
    show: (identity) =>
      listening.forEach(({ server }) => server.setSecureContext({ ...identity, minVersion: 'TLSv1.2' })),
    close: async (graceMs) => void (await Promise.all(listening.map((made) => end(made, graceMs)))),
  }
}
