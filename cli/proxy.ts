import { pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createWebSocketStream, WebSocket } from 'ws'
import { urlFor } from '#contract/operation'
import { openSshStream } from '#contract/ssh-login'
import { closeCodes } from '#contract/sockets'
import { wordsOf } from './api.ts'
import type { Account } from './config.ts'
import { openConnection } from './connect.ts'
import { Failure } from './failure.ts'

const HIGH_WATER = 256 * 1024

const endings: Record<number, string> = {
  [closeCodes.unauthorized]: 'Your session or token is good no more. Sign in again with: shardlyn login URL',
  [closeCodes.forbidden]: 'You may not be connected to this machine any more.',
  [closeCodes.notFound]: 'This machine was removed.',
  [closeCodes.goingAway]: 'The control plane is stopping.',
}

/** What OpenSSH runs as its ProxyCommand: its bytes go to the machine's sshd through the control plane, and back. */
export async function proxy(account: Account, id: string): Promise<number> {
  const connection = await openConnection(account)
  const url = new URL(urlFor(openSshStream, { params: { id } }), account.url)
  url.protocol = 'ws:'
  const socket = new WebSocket(url, {
    createConnection: () => connection,
    headers: { host: new URL(account.url).host, authorization: `Bearer ${account.token}` },
    perMessageDeflate: false,
  })
  // Before it is open: what the machine says first may come with the answer to the handshake.
  const peer = createWebSocketStream(socket, { highWaterMark: HIGH_WATER })
  peer.on('error', () => {})
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', (error) => reject(new Failure(`${account.url} cannot be reached: ${error.message}`)))
    socket.once('unexpected-response', (_, response) => {
      text(response).then((body) => reject(new Failure(wordsOf(response.statusCode, body))), reject)
    })
  })
  pipeline(process.stdin, peer, () => {})
  const written = new Promise<void>((resolve) => pipeline(peer, process.stdout, () => resolve()))
  const code = await closed
  await written
  const why = endings[code]
  if (why === undefined) return code === 1011 ? 1 : 0
  throw new Failure(why)
}
