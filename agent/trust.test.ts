import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { fingerprintOf, makeCertificate, makeKey } from '#server/features/network/certificate'
import { dial } from './dial.ts'
import { register } from './identity.ts'
import { type ControlPlane, readServer, request, Untrusted } from './trust.ts'

const DAY = 86_400_000
const TOKEN = 'a-token-that-nobody-else-must-see'

/** A peer that notes every byte which reaches it after the handshake. */
async function peer({ key = makeKey(), from = -DAY, until = DAY, names = ['127.0.0.1', '::1', 'localhost'] } = {}) {
  const cert = await makeCertificate({
    key,
    name: 'peer',
    names,
    from: new Date(Date.now() + from),
    until: new Date(Date.now() + until),
  })
  const heard: string[] = []
  const server = https.createServer({ key, cert }, (incoming, response) => {
    if (incoming.url === '/moved') {
      response.writeHead(302, { location: '/elsewhere' }).end()
    } else response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":"no","code":"no"}')
  })
  server.on('secureConnection', (socket) => socket.on('data', (chunk: Buffer) => heard.push(chunk.toString('latin1'))))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { key, cert, heard, port, server, url: `https://127.0.0.1:${port}`, fingerprint: fingerprintOf(key) }
}

/** Each way in which the agent speaks to its control plane. */
const ways: Record<string, (server: ControlPlane) => Promise<unknown>> = {
  upgrade: (server) => dial({ server, token: TOKEN, timeoutMs: 3000 }, 'upgrade'),
  websocket: (server) => dial({ server, token: TOKEN, timeoutMs: 3000 }, 'websocket'),
  registration: (server) => register({ server, token: TOKEN, tokenFile: '/nowhere', dataDir: '/nowhere' }),
  download: (server) =>
    new Promise((resolve, reject) => {
      request(server, '/v1/agent/releases/x', { headers: { 'x-agent-token': TOKEN } })
        .on('error', reject)
        .on('response', (response) => resolve(response.resume().statusCode))
        .end()
    }),
}
const each = Object.keys(ways)
const outcome = (way: string, server: ControlPlane) =>
  ways[way]!(server).then(
    (value) => value,
    (error: unknown) => error,
  )

test.each(each)('%s: a peer with another key is told nothing', async (way) => {
  const real = await peer()
  const other = await peer()
  const error = await outcome(way, { url: other.url, fingerprint: real.fingerprint })
  expect(error).toBeInstanceOf(Untrusted)
  expect(other.heard).toEqual([])
})

test.each(each)(
  '%s: the key decides, also under a certificate that has expired and names somebody else',
  async (way) => {
    const old = await peer({ from: -9 * DAY, until: -DAY, names: ['elsewhere.example'] })
    const said = await outcome(way, { url: old.url, fingerprint: old.fingerprint })
    expect(said).not.toBeInstanceOf(Untrusted)
    expect(old.heard.join('')).toContain(TOKEN)
  },
)

test.each(each)('%s: without a fingerprint, our own certificate is no proof', async (way) => {
  const own = await peer()
  const error = (await outcome(way, { url: own.url })) as NodeJS.ErrnoException
  expect(error.code).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/)
  expect(own.heard).toEqual([])
})

test.each(each)('%s: a key is never looked for over http, and a damaged one is not none', async (way) => {
  const heard: string[] = []
  const plain = net.createServer((socket) => socket.on('data', (chunk) => heard.push(String(chunk))))
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  onTestFinished(() => void plain.close())
  const { port } = plain.address() as AddressInfo
  const { fingerprint } = await peer()
  for (const server of [
    { url: `http://127.0.0.1:${port}`, fingerprint },
    { url: `http://127.0.0.1:${port}`, fingerprint: '' },
    { url: `https://127.0.0.1:${port}`, fingerprint: 'sha256//short=' },
    { url: `https://127.0.0.1:${port}`, fingerprint: `${fingerprint};${fingerprint}` },
  ]) {
    expect(await outcome(way, server)).toBeInstanceOf(Error)
  }
  expect(heard).toEqual([])
})

test.each(each)('%s: who speaks http on an https address hears no token', async (way) => {
  const heard: string[] = []
  const plain = http.createServer()
  plain.on('connection', (socket) => socket.on('data', (chunk) => heard.push(String(chunk))))
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  onTestFinished(() => void plain.close())
  const { port } = plain.address() as AddressInfo
  const { fingerprint } = await peer()
  for (const server of [{ url: `https://127.0.0.1:${port}`, fingerprint }, { url: `https://127.0.0.1:${port}` }]) {
    expect(await outcome(way, server)).toBeInstanceOf(Error)
  }
  expect(heard.join('')).not.toContain(TOKEN)
})

test('where the control plane sends us elsewhere we do not go', async () => {
  const real = await peer()
  const status = await new Promise((resolve, reject) => {
    request(real, '/moved', {})
      .on('error', reject)
      .on('response', (response) => resolve(response.resume().statusCode))
      .end()
  })
  expect(status).toBe(302)
  expect(real.heard.join('')).not.toContain('/elsewhere')
})

test('a certificate that this system trusts is enough, and only for its own name', async () => {
  const trusted = await peer({ names: ['localhost'] })
  const file = join(mkdtempSync(join(tmpdir(), 'trust-')), 'ca.pem')
  onTestFinished(() => rmSync(join(file, '..'), { recursive: true }))
  writeFileSync(file, trusted.cert)
  const program = `
    const { request } = await import(${JSON.stringify(join(import.meta.dirname, 'trust.ts'))})
    for (const url of process.argv.slice(1)) {
      await new Promise((resolve) => request({ url, preferIpv4: true }, '/', {})
        .on('error', (error) => { console.log(error.code); resolve() })
        .on('response', (response) => { console.log(response.statusCode); response.resume(); resolve() }).end())
    }
    process.exit(0)`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, `https://localhost:${trusted.port}`, trusted.url],
    { env: { ...process.env, SSL_CERT_FILE: file } },
  )
  expect(stdout.trim().split('\n')).toEqual(['403', 'ERR_TLS_CERT_ALTNAME_INVALID'])
})

test('server.json is read with its fingerprint, and a strange one is kept to be refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const written = (value: unknown) => {
    writeFileSync(join(folder, 'server.json'), JSON.stringify(value))
    return readServer(folder)
  }
  expect(readServer(folder)).toBeUndefined()
  expect(written({ url: 'http://127.0.0.1:7480' })).toEqual({ url: 'http://127.0.0.1:7480' })
  expect(written({ url: 'https://a', fingerprint: 'sha256//x' })).toEqual({
    url: 'https://a',
    fingerprint: 'sha256//x',
  })
  expect(written({ url: 'https://a', fingerprint: 7 })).toEqual({ url: 'https://a', fingerprint: '7' })
  expect(written({ url: 'no address' })).toBeUndefined()
})
