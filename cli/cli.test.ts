import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listCertificates, revokeCertificate } from '#contract/ssh'
import { hasSshd } from '#server/testing/sshd'
import { until } from '#server/testing/until'
import { commandLine, run } from './testing.ts'

const MIB = 1024 * 1024
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test.skipIf(!hasSshd)(
  'signing in keeps the token for its owner alone; a command runs on the machine and its code comes back',
  async () => {
    await using it = await commandLine()
    expect(it.signedIn.out).toContain('as admin@example.com')
    expect(statSync(join(it.env.SHARDLYN_CONFIG_DIR, 'account.json')).mode & 0o777).toBe(0o600)
    expect((await it.cli(['machines'])).out).toContain(it.nodeId)
    const name = (await it.cli(['machines'])).out.split(/\s+/)[0] ?? ''
    const to = (...args: string[]) => it.cli(['ssh', name, '-l', 'root', '--', '-o', 'LogLevel=ERROR', ...args])
    const said = await to('echo "$SSH_CONNECTION" | cut -d" " -f1; id -un; exit 42')
    expect(said).toMatchObject({ code: 42, out: '127.0.0.1\nroot\n', err: '' })
    expect(statSync(join(it.env.SHARDLYN_CONFIG_DIR, 'id_ed25519')).mode & 0o777).toBe(0o600)
    const { items } = (await it.app.signedIn(listCertificates)).json()
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ principals: ['root'], extensions: ['permit-pty'], node_id: it.nodeId })
    expect(await to('-tt', 'tty >/dev/null && echo a terminal; exit 3')).toMatchObject({
      code: 3,
      out: 'a terminal\r\n',
    })
    expect((await it.app.signedIn(listCertificates)).json().items).toHaveLength(1)
  },
)

test.skipIf(!hasSshd)(
  'own tools go the same way by the printed configuration: scp, sftp, a forwarded port, several at once',
  async () => {
    await using it = await commandLine()
    const printed = await it.cli(['ssh-config', '-l', 'root', '--forwarding'])
    const config = join(it.folder, 'ssh_config')
    writeFileSync(config, printed.out)
    const alias = /^Host (\S+)/m.exec(printed.out)?.[1] ?? ''
    const options = { env: it.env }
    const bytes = randomBytes(50 * MIB)
    writeFileSync(join(it.folder, 'there.bin'), bytes)
    const target = join(it.folder, 'on-the-machine.bin')
    const up = await run('scp', ['-q', '-F', config, join(it.folder, 'there.bin'), `${alias}:${target}`], options)
    expect(up).toMatchObject({ code: 0 })
    expect(sha256(readFileSync(target))).toBe(sha256(bytes))
    const back = join(it.folder, 'back.bin')
    expect(await run('scp', ['-q', '-F', config, `${alias}:${target}`, back], options)).toMatchObject({ code: 0 })
    expect(sha256(readFileSync(back))).toBe(sha256(bytes))

    const sftp = await run('sftp', ['-q', '-b', '-', '-F', config, alias], {
      ...options,
      input: `ls -1 ${it.folder}\n`,
    })
    expect(sftp.out).toContain('on-the-machine.bin')

    const three = await Promise.all(
      [1, 2, 3].map((n) =>
        run('ssh', ['-F', config, '-o', 'LogLevel=ERROR', alias, `cat; exit ${n}`], {
          ...options,
          input: bytes.subarray(0, MIB * n),
        }),
      ),
    )
    expect(three.map(({ code }) => code)).toEqual([1, 2, 3])
    expect(three.map(({ bytes }) => bytes.length)).toEqual([MIB, 2 * MIB, 3 * MIB])

    const web = createServer((_, response) => response.end('through the tunnel')).listen(0, '127.0.0.1')
    await once(web, 'listening')
    const { port } = web.address() as AddressInfo
    const piped = await run('ssh', ['-F', config, '-o', 'LogLevel=ERROR', '-W', `127.0.0.1:${port}`, alias], {
      ...options,
      input: 'GET / HTTP/1.0\r\n\r\n',
    })
    web.close()
    expect(piped.out).toContain('through the tunnel')
  },
  120_000,
)

test.skipIf(!hasSshd)('a revoked certificate ends what is open, and another one is got for the next time', async () => {
  await using it = await commandLine()
  const name = (await it.cli(['machines'])).out.split(/\s+/)[0] ?? ''
  const args = ['ssh', name, '-l', 'root', '--', '-o', 'LogLevel=ERROR']
  const marker = join(it.folder, 'begun')
  const running = it.cli([...args, `touch ${marker}; sleep 60`])
  await until(() => statSync(marker, { throwIfNoEntry: false }) !== undefined)
  const [certificate] = (await it.app.signedIn(listCertificates)).json().items
  await it.app.signedIn(revokeCertificate, { params: { id: certificate.id } })
  expect((await running).code).toBe(255)
  expect(await it.cli([...args, 'echo again'])).toMatchObject({ code: 0, out: 'again\n' })
  expect((await it.app.signedIn(listCertificates)).json().items).toHaveLength(2)
})

test.skipIf(!hasSshd)('what goes wrong is said in words', async () => {
  await using it = await commandLine(['nodes.view'])
  const name = (await it.cli(['machines'])).out.split(/\s+/)[0] ?? ''
  expect(await it.cli(['ssh', name, '-l', 'root'])).toMatchObject({
    code: 255,
    err: expect.stringContaining('This API token may not do nodes.ssh.login'),
  })
  expect((await it.cli(['ssh', 'nowhere', '-l', 'root'])).err).toContain('There is no machine nowhere')
  expect((await it.cli(['ssh', name, '-l', 'Not A Login'])).err).toContain('no login name')
  expect((await it.cli(['ssh-proxy', it.nodeId])).err).toContain('This API token may not do nodes.ssh.login')
  expect((await it.cli(['login', 'http://127.0.0.1:1'], 'shardlyn_api_x')).err).toContain('cannot be reached')
  expect((await it.cli(['login', it.app.url], 'shardlyn_api_x')).err).toContain('Sign in first')
  expect((await it.cli(['dance'])).err).toContain('There is no command dance')
  expect((await it.cli(['--help'])).out).toContain('Usage')
})

test.skipIf(!hasSshd)('a machine that shows another host key than the pinned one is not logged in to', async () => {
  await using it = await commandLine()
  const name = (await it.cli(['machines'])).out.split(/\s+/)[0] ?? ''
  it.sshd.changeHostKey()
  await it.sshd.stop()
  await it.sshd.start()
  const tried = await it.cli(['ssh', name, '-l', 'root', '--', 'true'])
  expect(tried.code).toBe(255)
  expect(tried.err).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED')
  await it.sshd.stop()
  const down = await it.cli(['ssh', name, '-l', 'root', '--', 'true'])
  expect(down).toMatchObject({ code: 255, err: expect.stringContaining('Nothing answers on port') })
})
