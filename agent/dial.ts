import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { openTunnel, TUNNEL_UPGRADE } from '#contract/agent'
import { overTls } from './over-tls.ts'
import { type ControlPlane, request as ask, requestOptions } from './trust.ts'

export type Transport = 'upgrade' | 'websocket'
export type Dialed = { duplex: Duplex; wire: Socket }

/** The control plane, or something before it, answered with a status instead of a connection. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`refused with status ${status}`)
    this.status = status
  }
}

type Target = { server: ControlPlane; token: string; timeoutMs: number }

/** Opens the connection that carries the tunnel. */
export const dial = (target: Target, transport: Transport): Promise<Dialed> =>
  transport === 'upgrade' ? dialUpgrade(target) : dialWebSocket(target)

function dialUpgrade({ server, token, timeoutMs }: Target): Promise<Dialed> {
  return new Promise((resolve, reject) => {
    const request = ask(server, openTunnel.url, {
      headers: { connection: 'Upgrade', upgrade: TUNNEL_UPGRADE, 'x-agent-token': token },
    })
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    const done = () => clearTimeout(timer)
    request.on('error', (error) => {
      done()
      reject(error)
    })
    request.on('response', (response) => {
      done()
      reject(new Refused(response.statusCode ?? 0))
      request.destroy()
    })
    request.on('upgrade', (_, socket: Socket, head) => {
      done()
      socket.setNoDelay(true)
      socket.setTimeout(0)
      // The control plane may have spoken before we knew that we are connected.
      if (head.length > 0) socket.unshift(head)
      resolve({ duplex: socket instanceof TLSSocket ? overTls(socket) : socket, wire: socket })
    })
    request.end()
  })
}

/** For ways that let no other protocol through. Slower, so it is not loaded before it is needed. */
async function dialWebSocket({ server, token, timeoutMs }: Target): Promise<Dialed> {
  const { createWebSocketStream, WebSocket } = await import('ws')
  const url = new URL(openTunnel.url, server.url)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      ...(requestOptions(server) as object),
      perMessageDeflate: false,
      handshakeTimeout: timeoutMs,
      headers: { 'x-agent-token': token },
      maxPayload: 16 * 1024 * 1024,
    })
    let wire: Socket | undefined
    socket.on('upgrade', (response) => (wire = response.socket))
    socket.on('unexpected-response', (_, response) => {
      reject(new Refused(response.statusCode ?? 0))
      response.destroy()
      socket.terminate()
    })
    socket.on('error', reject)
    socket.on('open', () => {
      if (!wire) return reject(new Error('The WebSocket has no connection below it.'))
      wire.setNoDelay(true)
      resolve({ duplex: createWebSocketStream(socket, { highWaterMark: 1024 * 1024 }), wire })
    })
  })
}
