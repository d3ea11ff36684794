import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { Failure } from './failure.ts'

const CONNECT_MS = 15_000

export type Server = { url: string; fingerprint: string | null }

/** As `curl --pinnedpubkey` takes it: of the public key, so that a renewed certificate stays good. */
function fingerprintOf(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) throw new Failure('The server showed no certificate.')
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return `sha256//${createHash('sha256').update(key).digest('base64')}`
}

function assertTrusted(socket: TLSSocket, { url, fingerprint }: Server): void {
  if (fingerprint === null) {
    if (socket.authorized) return
    throw new Failure(
      `The certificate of ${url} is not one that this computer trusts (${String(socket.authorizationError)}). Where the server ` +
        `has a certificate of its own, sign in again with --fingerprint, as the dashboard shows it. It showed ${fingerprintOf(socket)}`,
    )
  }
  const shown = fingerprintOf(socket)
  if (shown !== fingerprint) {
    throw new Failure(
      `${url} showed another certificate (${shown}) than the pinned one. Somebody may stand in between.`,
    )
  }
}

/** A connection to the control plane, over which nothing was sent before the other end had shown who it is. */
export function openConnection(server: Server): Promise<Socket> {
  const { protocol, hostname, port } = new URL(server.url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const isTls = protocol === 'https:'
  const at = { host, port: Number(port) || (isTls ? 443 : 80) }
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? connectTls({ ...at, ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }), rejectUnauthorized: false })
      : connect(at)
    const fail = (error: Error) => {
      socket.destroy()
      reject(error instanceof Failure ? error : new Failure(`${server.url} cannot be reached: ${error.message}`))
    }
    socket.setTimeout(CONNECT_MS, () => fail(new Error('no answer in time')))
    socket.once('error', fail)
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      try {
        if (isTls) assertTrusted(socket as TLSSocket, server)
      } catch (error) {
        return fail(error as Error)
      }
      socket.setTimeout(0)
      socket.setNoDelay(true)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}
