import { createHash, timingSafeEqual } from 'node:crypto'
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import net, { type Socket } from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { agentFiles } from '#contract/agent'
import { readJsonSync } from './state.ts'

/** The control plane as `server.json` names it. */
export type ControlPlane = {
  url: string
  /** `sha256//…` of its public key, as curl's --pinnedpubkey takes it. Then the key decides, whatever its certificate says. */
  fingerprint?: string
  preferIpv4?: boolean
}

/** Whoever answered is not our control plane. Nothing was told to them. */
export class Untrusted extends Error {}

/** How long a connection and its handshake may take. */
const CONNECT_MS = 15_000
/** An IPv4 address that is wanted is not given up after the quarter second that Node allows. */
const PREFERRED_MS = 3000

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest()

const fingerprintOf = (socket: tls.TLSSocket): Buffer | undefined => {
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' })
  return key && sha256(key)
}

/** The 32 bytes of a fingerprint; throws a sentence for people. */
export function parseFingerprint(text: string): Buffer {
  const [, base64 = ''] = /^sha256\/\/([A-Za-z0-9+/]{43}=)$/.exec(text) ?? []
  if (base64 === '') throw new Error(`A fingerprint is sha256// and 44 characters of base64, not ${text}`)
  return Buffer.from(base64, 'base64')
}

function assertSame(socket: tls.TLSSocket, expected: Buffer, host: string): void {
  const found = fingerprintOf(socket) ?? Buffer.alloc(expected.length)
  if (timingSafeEqual(found, expected)) return
  throw new Untrusted(
    `${host} shows another key (sha256//${found.toString('base64')}) than this machine was told to trust. If the control plane was installed anew, run its new install command here.`,
  )
}

/** What Node ships with and what this machine's owner added; read once, and only where a certificate is to be judged. */
let context: tls.SecureContext | undefined
const systemTrust = () =>
  (context ??= tls.createSecureContext({
    ca: [...tls.getCACertificates('default'), ...tls.getCACertificates('system')],
  }))

type Made = (error: Error | null, socket: Duplex) => void

/**
 * The options with which every request of the agent goes to its control plane, with http.request, https.request and ws alike. The
 * socket is handed over when the peer has proved who it is, so no byte of ours reaches anybody else.
 */
export function requestOptions({ url: text, fingerprint, preferIpv4 }: ControlPlane) {
  const url = new URL(text)
  const isSecure = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (isSecure ? 443 : 80))
  const expected = fingerprint === undefined ? undefined : parseFingerprint(fingerprint)
  if (expected && !isSecure) throw new Error(`${text} has a fingerprint, and so must begin with https.`)
  const to: net.TcpNetConnectOpts = {
    host,
    port,
    ...(preferIpv4 && {
      autoSelectFamilyAttemptTimeout: PREFERRED_MS,
      lookup: ((name, options, callback) =>
        dns.lookup(name, { ...options, order: 'ipv4first' }, callback)) as net.LookupFunction,
    }),
  }

  return {
    createConnection(_: unknown, made: Made): undefined {
      const socket: Socket = isSecure
        ? tls.connect({
            ...to,
            ...(net.isIP(host) === 0 && { servername: host }),
            minVersion: 'TLSv1.2',
            ...(expected ? { rejectUnauthorized: false } : { secureContext: systemTrust() }),
          })
        : net.connect(to)
      const failed = (error: Error) => {
        socket.destroy()
        made(error, socket)
      }
      socket.setTimeout(CONNECT_MS, () => failed(new Error(`no answer from ${url.host} within ${CONNECT_MS} ms`)))
      socket.once('error', failed)
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        socket.removeListener('error', failed)
        socket.on('error', () => {})
        socket.setTimeout(0)
        socket.removeAllListeners('timeout')
        try {
          if (expected) assertSame(socket as tls.TLSSocket, expected, url.host)
        } catch (error) {
          return failed(error as Error)
        }
        made(null, socket)
      })
      return undefined
    },
  }
}

/** A request to the control plane. Where it sends us elsewhere we do not follow. */
export function request(server: ControlPlane, route: string, options: http.RequestOptions): http.ClientRequest {
  const url = new URL(route, server.url)
  return (url.protocol === 'https:' ? https : http).request(url, { ...options, ...requestOptions(server) })
}

const isControlPlane = (value: unknown): value is { url: string; fingerprint?: unknown } =>
  typeof value === 'object' &&
  value !== null &&
  'url' in value &&
  typeof value.url === 'string' &&
  URL.canParse(value.url)

/** Where `server.json` says that the control plane is; undefined when the file does not say it. */
export function readServer(dataDir: string): Pick<ControlPlane, 'url' | 'fingerprint'> | undefined {
  const value = readJsonSync(path.join(dataDir, agentFiles.server))
  if (!isControlPlane(value)) return undefined
  const { url, fingerprint } = value
  // A pin that is damaged is not the same as none.
  return { url, ...(fingerprint !== undefined && fingerprint !== null && { fingerprint: String(fingerprint) }) }
}
