import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cases, cas, NODE, offerOf, ORGANIZATION, revoked } from '#server/testing/certificate-cases'
import { forwards, logIn, output } from '#server/testing/ssh-login'
import { ed25519Key } from '#server/testing/ssh-keys'
import { sshdMissing, trustingSshd } from '#server/testing/trusting-sshd'
import { signCertificate } from './certificate.ts'
import { buildKrl } from './krl.ts'

const AT_ONCE = 6
const trusted = [cas.active, cas.next, cas.retiring]
const krlOf = (version: number) =>
  buildKrl(version, new Date(), new Map([[cas.active.blob.toString('base64'), Object.values(revoked)]]))
const trust = (krl = krlOf(2), krl_version = 2) => ({
  ca_keys: trusted.map(({ public_key }) => public_key),
  krl: krl.toString('base64'),
  krl_version,
  scopes: [NODE, ORGANIZATION],
})

describe.skipIf(sshdMissing !== '')(`a real sshd with the configuration that the agent writes${sshdMissing}`, () => {
  let sshd: Awaited<ReturnType<typeof trustingSshd>>
  const verdicts = new Map<string, boolean>()
  beforeAll(async () => {
    sshd = await trustingSshd()
    await sshd.trust(trust())
    const waiting = [...cases]
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let it = waiting.shift(); it; it = waiting.shift()) {
          const client = await logIn(offerOf(it, sshd.port))
          client?.end()
          verdicts.set(it.name, client !== undefined)
        }
      }),
    )
  }, 240_000)
  afterAll(() => sshd[Symbol.asyncDispose]())

  test('every case has a name of its own', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThan(100)
  })
  test.each(cases.map((it) => [it.lets ? 'lets in' : 'refuses', it.name, it.lets] as const))(
    '%s: %s',
    (_, name, lets) => expect(verdicts.get(name)).toBe(lets),
  )

  /** Logs in with a certificate as we sign them. */
  async function enter(extensions: readonly string[], criticalOptions: Record<string, string> = {}) {
    const key = ed25519Key()
    const seconds = Math.floor(Date.now() / 1000)
    const line = signCertificate(cas.active, key.key, {
      serial: 9n,
      kind: 'user',
      keyId: 'k',
      principals: [`root@${ORGANIZATION}`],
      validAfter: seconds - 60,
      validBefore: seconds + 600,
      criticalOptions,
      extensions: Object.fromEntries(extensions.map((name) => [name, ''])),
    })
    const client = await logIn({
      port: sshd.port,
      user: 'root',
      key,
      blob: Buffer.from(line.split(' ')[1] ?? '', 'base64'),
    })
    if (!client) throw new Error('sshd refused a certificate of ours.')
    return client
  }

  test('without permit-pty a command runs, and a terminal is not given', async () => {
    const client = await enter([])
    expect([await output(client, 'echo hello'), await output(client, 'tty', { pty: true })]).toEqual([
      'hello\n',
      undefined,
    ])
    client.end()
  })
  test('with permit-pty a terminal is given', async () => {
    const client = await enter(['permit-pty'])
    expect(await output(client, 'tty', { pty: true })).toMatch(/^\/dev\/pts\/\d+\r\n$/)
    client.end()
  })
  test('ports are forwarded only with permit-port-forwarding', async () => {
    const [without, having] = [await enter(['permit-pty']), await enter(['permit-port-forwarding'])]
    expect([await forwards(without, sshd.port), await forwards(having, sshd.port)]).toEqual([false, true])
    without.end()
    having.end()
  })
  test('a forced command runs instead of what is asked for, its metacharacters as sshd takes them', async () => {
    const client = await enter(['permit-pty'], { 'force-command': 'echo "forced: $SSH_ORIGINAL_COMMAND"' })
    expect(await output(client, 'id')).toBe('forced: id\n')
    client.end()
  })
})
