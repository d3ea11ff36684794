import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'

export type Parsed = {
  facility: number
  severity: number
  at: string
  host: string
  app: string
  pid: string
  id: string
  data: Record<string, string> | null
  text: string
}

/** Reads a message by the grammar of RFC 5424; throws where it is none. */
export function parseSyslog(message: string): Parsed {
  const head = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|\[)/.exec(message)
  if (!head) throw new Error(`Not a message: ${message}`)
  const [whole, priority, at = '', host = '', app = '', pid = '', id = '', opening] = head
  let rest = message.slice(whole.length)
  let data: Record<string, string> | null = null
  if (opening === '[') {
    data = {}
    const name = /^[^\s=\]"]{1,32}/.exec(rest)?.[0] ?? ''
    rest = rest.slice(name.length)
    for (let param; (param = /^ ([^\s=\]"]{1,32})="((?:[^"\\\]]|\\.)*)"/.exec(rest));) {
      data[param[1] ?? ''] = (param[2] ?? '').replace(/\\(["\\\]])/g, '$1')
      rest = rest.slice(param[0].length)
    }
    if (!rest.startsWith(']')) throw new Error(`Structured data that does not end: ${message}`)
    rest = rest.slice(1)
  }
  if (!rest.startsWith(' \uFEFF')) throw new Error(`Text without its mark: ${message}`)
  const number = Number(priority)
  return { facility: number >> 3, severity: number & 7, at, host, app, pid, id, data, text: rest.slice(2) }
}

/** Takes counted frames apart; what does not begin with its length is no frame. */
function frames(onMessage: (message: string) => void) {
  let buffer = Buffer.alloc(0)
  return (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    for (;;) {
      const space = buffer.indexOf(32)
      if (space < 0) return
      const length = Number(buffer.subarray(0, space).toString())
      if (!(length > 0)) throw new Error(`Not a frame: ${buffer.subarray(0, 50).toString()}`)
      if (buffer.length < space + 1 + length) return
      onMessage(buffer.subarray(space + 1, space + 1 + length).toString())
      buffer = buffer.subarray(space + 1 + length)
    }
  }
}

/** A certificate of its own for localhost. */
export function selfSigned(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  const made = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  rmSync(folder, { recursive: true })
  return made
}

export async function udpReceiver(port = 0) {
  const socket = createSocket('udp4')
  const messages: string[] = []
  socket.on('message', (message) => messages.push(message.toString()))
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return { port: socket.address().port, messages, [Symbol.asyncDispose]: async () => void socket.close() }
}

/** A syslog server on a stream, with TLS where a certificate is given. `isReading` false lets everything pile up. */
export async function streamReceiver({
  port = 0,
  tls,
  isReading = true,
}: { port?: number; tls?: { cert: string; key: string }; isReading?: boolean } = {}) {
  const messages: string[] = []
  const open = new Set<Socket>()
  const accept = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    const take = frames((message) => messages.push(message))
    if (isReading) socket.on('data', take)
  }
  const server: Server = tls ? createTlsServer(tls, accept) : createServer(accept)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    connections: () => open.size,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
