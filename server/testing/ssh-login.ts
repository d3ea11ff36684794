import { createRequire } from 'node:module'
import { connect } from 'node:net'
import ssh2, { type Client, type ClientChannel, type ParsedKey } from 'ssh2'
import { part } from '#server/ssh/wire'
import type { SshKey } from './ssh-keys.ts'

const { sendPacket } = createRequire(import.meta.url)('ssh2/lib/protocol/utils.js') as {
  sendPacket: (protocol: Protocol, packet: Buffer) => void
}
type Protocol = {
  _kex: { sessionID: Buffer }
  _authsQueue: string[]
  _packetRW: { write: { allocStart: number; alloc: (size: number) => Buffer; finalize: (packet: Buffer) => Buffer } }
  authPK: (user: string, key: ParsedKey, algorithm?: unknown, sign?: unknown) => void
}

/** What is shown to sshd: any bytes as a certificate, so that broken ones arrive too, which OpenSSH's own client would not send. */
export type Offer = {
  port: number
  user: string
  key: SshKey
  blob: Buffer
  algorithm?: string
  /** The address that we come from. */
  from?: string
}

let dummy: string | undefined
const anyKey = () => (dummy ??= ssh2.utils.generateKeyPairSync('ed25519').private)

const TRIES = 100

/** Logs in, or answers undefined when sshd refuses. One that reads its configuration anew refuses nobody: it is not there, and asked again. */
export async function logIn(offer: Offer): Promise<Client | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await tryToLogIn(offer)
    if (answer !== 'absent') return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('There is no sshd to log in to.')
}

function tryToLogIn({ port, user, key, blob, algorithm = key.algorithm, from = '127.0.0.1' }: Offer) {
  const client = new ssh2.Client()
  const done = Promise.withResolvers<Client | 'absent' | undefined>()
  const wire = connect({ host: '127.0.0.1', port, localAddress: from })
  let isGreeted = false
  const refused = () => done.resolve(isGreeted ? undefined : 'absent')
  wire.on('error', refused)
  client.on('handshake', () => (isGreeted = true))
  client.on('ready', () => done.resolve(client))
  client.on('error', refused)
  client.on('close', refused)
  const ways = [{ type: 'publickey' as const, username: user, key: anyKey() }]
  client.connect({ sock: wire, username: user, authHandler: ways, readyTimeout: 60_000 })
  const protocol = (client as unknown as { _protocol: Protocol })._protocol
  protocol.authPK = (name, _key, third, fourth) => {
    const isSigning = typeof third === 'function' || typeof fourth === 'function'
    const request = Buffer.concat([
      Buffer.from([50]),
      part(name),
      part('ssh-connection'),
      part('publickey'),
      Buffer.from([isSigning ? 1 : 0]),
      part(algorithm),
      part(blob),
    ])
    const signed = () => part(key.sign(Buffer.concat([part(protocol._kex.sessionID), request])))
    const payload = isSigning ? Buffer.concat([request, signed()]) : request
    const { write } = protocol._packetRW
    const packet = write.alloc(payload.length)
    packet.set(payload, write.allocStart)
    protocol._authsQueue.push('publickey')
    sendPacket(protocol, write.finalize(packet))
  }
  return done.promise
}

/** What a command prints; undefined when sshd does not run it so. */
export async function output(client: Client, command: string, options: { pty?: boolean } = {}) {
  return new Promise<string | undefined>((resolve) => {
    client.exec(command, { pty: options.pty ?? false }, (error, channel: ClientChannel) => {
      if (error) return resolve(undefined)
      let text = ''
      channel.on('data', (chunk: Buffer) => (text += chunk.toString()))
      channel.on('close', () => resolve(text))
      return channel.stderr.resume()
    })
  })
}

/** Whether sshd connects us to somewhere behind it. */
export const forwards = (client: Client, port: number) =>
  new Promise<boolean>((resolve) => {
    client.forwardOut('127.0.0.1', 1, '127.0.0.1', port, (error, channel) => {
      channel?.destroy()
      resolve(error === undefined)
    })
  })
