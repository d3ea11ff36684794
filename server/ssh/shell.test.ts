import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ssh2, { type ServerChannel } from 'ssh2'
import { expect, test } from 'vitest'
import { hasSshd, type Sshd, startSshd } from '#server/testing/sshd'
import { until } from '#server/testing/until'
import { makeSessionKey } from './certificate-login.ts'
import { readHostKeys } from './host-keys.ts'
import { openShell } from './shell.ts'

type Options = Parameters<typeof openShell>[0]
const size = { cols: 90, rows: 30 }
const anyHostKey = readHostKeys([makeSessionKey().public_key])

async function logIn(sshd: Sshd, change: Partial<Options> = {}, sign: Parameters<Sshd['sign']>[1] = {}) {
  const key = makeSessionKey()
  const shell = await openShell({
    wire: connect(sshd.port, '127.0.0.1'),
    login: 'root',
    key,
    certificate: sshd.sign(key.public_key, sign),
    hostKeys: readHostKeys([sshd.hostKey()]),
    size,
    isTrusted: true,
    ...change,
  })
  let text = ''
  shell.output.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { ...shell, text: () => text, type: (line: string) => shell.write(Buffer.from(`${line}\n`)) }
}

/** To something that is no sshd. */
async function meet(greet: (socket: Socket) => void) {
  await using sshd = await startSshd()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    greet(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await logIn(sshd, { wire: connect((server.address() as AddressInfo).port, '127.0.0.1') }).then(
      () => 'opened',
      (error: { code: string }) => error.code,
    )
  } finally {
    server.close()
  }
}

test('ssh2 is the version whose inside we know', () => {
  const { version } = createRequire(import.meta.url)('ssh2/package.json') as { version: string }
  expect(version, 'read server/ssh/certificate-login.ts against the new one, then change this').toBe('1.17.0')
  const house = fileURLToPath(new URL('../../package.json', import.meta.url))
  expect(JSON.parse(readFileSync(house, 'utf8')).dependencies.ssh2).toBe('1.17.0')
})

test.skipIf(!hasSshd)(
  'a certificate opens a shell under a terminal of the wanted size, which ends with its code',
  async () => {
    await using sshd = await startSshd()
    const shell = await logIn(sshd)
    shell.type('tty >/dev/null && echo "size $(stty size) term $TERM"')
    await until(() => shell.text().includes('size 30 90 term xterm-256color'))
    shell.resize({ cols: 132, rows: 43 })
    shell.type('echo "now $(stty size)"')
    await until(() => shell.text().includes('now 43 132'))
    shell.type('exit 7')
    expect(await shell.ended).toEqual({ exit_code: 7, signal: null, exited: true, detail: null })
    expect(sshd.log()).toContain('Accepted certificate ID "test"')
  },
)

test.skipIf(!hasSshd)('a shell that is killed tells the signal; one whose connection is cut tells that', async () => {
  await using sshd = await startSshd()
  const killed = await logIn(sshd)
  killed.type('kill -9 $$')
  expect(await killed.ended).toMatchObject({ exit_code: null, signal: 'SIGKILL', exited: true })
  const wire = connect(sshd.port, '127.0.0.1')
  const cut = await logIn(sshd, { wire })
  wire.destroy()
  expect(await cut.ended).toMatchObject({ exit_code: null, exited: false })
})

test.skipIf(!hasSshd)(
  'a machine with another host key is refused before anything of the certificate is sent',
  async () => {
    await using sshd = await startSshd()
    await expect(logIn(sshd, { hostKeys: anyHostKey })).rejects.toMatchObject({ status: 409, code: 'host_key_changed' })
    const types = readHostKeys([sshd.hostKey()])
    await expect(logIn(sshd, { hostKeys: [...anyHostKey, ...types] })).resolves.toMatchObject({})
    expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1)
  },
)

const refusals: [string, Partial<Options>, Parameters<Sshd['sign']>[1], string][] = [
  ['another login than the certificate’s', {}, { principals: ['somebody'] }, 'ssh_login_refused'],
  ['a login that does not exist', { login: 'nosuchone' }, {}, 'ssh_login_refused'],
  ['a certificate that ended', {}, { validity: '-2h:-1h' }, 'ssh_login_refused'],
  ['a certificate of tomorrow', {}, { validity: '+1d:+2d' }, 'ssh_login_refused'],
  ['a machine that is not known to trust us', { isTrusted: false }, { principals: ['somebody'] }, 'ssh_not_trusted'],
  ['a certificate without a terminal', {}, { extensions: [] }, 'ssh_no_terminal'],
]
test.skipIf(!hasSshd).each(refusals)('refused in words: %s', async (_, change, sign, code) => {
  await using sshd = await startSshd()
  await expect(logIn(sshd, change, sign)).rejects.toMatchObject({ status: 409, code })
})

test.skipIf(!hasSshd)('what does not speak SSH is told so', async () => {
  expect(await meet((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).toMatch(
    /^(ssh_unusable|sshd_unreachable)$/,
  )
  expect(await meet((socket) => socket.end())).toBe('sshd_unreachable')
  expect(await meet((socket) => socket.write('SSH-1.5-old\r\n'))).toBe('ssh_unusable')
  expect(await meet((socket) => socket.write(`SSH-2.0-x\r\n${'\xff'.repeat(100_000)}`))).toBe('ssh_unusable')
  const endless = (socket: Socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65536, 65)));
    }
    socket.on('drain', pour)
    pour()
  }
  expect(await meet(endless)).toBe('ssh_unusable')
})

test.skipIf(!hasSshd)('two sessions know nothing of each other', async () => {
  await using sshd = await startSshd()
  const [one, two] = await Promise.all([logIn(sshd), logIn(sshd)])
  one.type('echo first-$((1+1))')
  two.type('echo second-$((1+1))')
  await until(() => one.text().includes('first-2') && two.text().includes('second-2'))
  one.close()
  await one.ended
  two.type('echo still-$((1+1))')
  await until(() => two.text().includes('still-2'))
  expect(one.text()).not.toContain('second')
  two.close()
})

test.skipIf(!hasSshd)('a shell that nobody reads waits, and loses nothing', async () => {
  await using sshd = await startSshd()
  const shell = await logIn(sshd)
  shell.type('stty -echo; PS1=; printf ready')
  await until(() => shell.text().includes('\rready'))
  let bytes = 0
  shell.output.on('data', (chunk: Buffer) => (bytes += chunk.length))
  shell.output.pause()
  shell.type('head -c 20000000 /dev/zero | tr "\\0" x; printf done')
  await until(() => shell.output.readableLength > 1024 * 1024)
  expect(shell.output.readableLength).toBeLessThan(8 * 1024 * 1024)
  shell.output.resume()
  await until(() => shell.text().slice(-50).includes('done'), 25_000)
  expect(bytes).toBeGreaterThanOrEqual(20_000_000)
  shell.close()
})

test.skipIf(!hasSshd)('a server that sends more than its window is cut off', async () => {
  await using sshd = await startSshd()
  const host = readFileSync(join(sshd.folder, 'ssh_host_ed25519_key'), 'utf8')
  let channel: ServerChannel | undefined
  const server = new ssh2.Server({ hostKeys: [host] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => context.accept())
    client.on('session', (accept) => {
      const session = accept()
      session.on('pty', (accept) => accept())
      session.on('shell', (accept) => (channel = accept()))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const shell = await logIn(sshd, {
    wire: connect((server.address() as AddressInfo).port, '127.0.0.1'),
  })
  shell.output.pause()
  await until(() => channel !== undefined)
  const raw = channel as unknown as {
    outgoing: { id: number }
    _client: { _protocol: { channelData: (id: number, data: Buffer) => void } }
  }
  // Of a size that does not use the window up exactly: ssh2 would let drop what comes then.
  const piece = Buffer.alloc(30_000)
  for (let i = 0; i < 1000; i++) raw._client._protocol.channelData(raw.outgoing.id, piece)
  expect(await shell.ended).toMatchObject({ exited: false, detail: expect.stringContaining('more than') })
  server.close()
})
