import { mkdirSync, rmSync, writeFileSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cas, NODE, offerOf, ORGANIZATION, revoked } from '#server/testing/certificate-cases'
import { logIn } from '#server/testing/ssh-login'
import { sshdMissing, trustingSshd } from '#server/testing/trusting-sshd'
import { until } from '#server/testing/until'
import { buildKrl } from './krl.ts'

const krlOf = (version: number) =>
  buildKrl(version, new Date(), new Map([[cas.active.blob.toString('base64'), Object.values(revoked)]]))
const trust = (change: object = {}) => ({
  ca_keys: [cas.active.public_key],
  krl: krlOf(2).toString('base64'),
  krl_version: 2,
  scopes: [NODE, ORGANIZATION],
  ...change,
})
type Sshd = Awaited<ReturnType<typeof trustingSshd>>

async function lets(sshd: Sshd, change: object = {}) {
  const client = await logIn(offerOf({ name: '', lets: true, change }, sshd.port))
  client?.end()
  return client !== undefined
}
const isRevoked = { serial: revoked.bySerial.serial }

test.skipIf(sshdMissing !== '').each<[string, (file: string) => void]>([
  ['missing', (file) => rmSync(file)],
  ['empty, which would let revoked ones in', (file) => writeFileSync(file, '')],
  ['garbage', (file) => writeFileSync(file, 'garbage')],
  ['cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, 60))],
  ['a list of keys', (file) => writeFileSync(file, `${cas.active.public_key}\n`)],
  ['a folder', (file) => (rmSync(file), mkdirSync(file))],
  ['another list', (file) => writeFileSync(file, buildKrl(1, new Date(), new Map()))],
])(`a revocation list that is %s is told, and put back within seconds${sshdMissing}`, async (_, harm) => {
  await using sshd = await trustingSshd({ lookMs: 400 })
  const file = join(sshd.folder, 'shardlyn_krl')
  await sshd.trust(trust())
  expect([await lets(sshd), await lets(sshd, isRevoked)]).toEqual([true, false])
  harm(file)
  expect(sshd.ssh.state()).toMatchObject({ krl_version: null, problem: expect.stringContaining('revocation list') })
  await until(() => sshd.ssh.state()?.krl_version === 2)
  expect(sshd.ssh.state()?.problem).toBe(null)
  expect([await lets(sshd), await lets(sshd, isRevoked)]).toEqual([true, false])
})

test.skipIf(sshdMissing !== '')(
  `without the agent a missing list shuts everybody out, and an empty one lets revoked ones in: why it must be told${sshdMissing}`,
  async () => {
    await using sshd = await trustingSshd()
    const file = join(sshd.folder, 'shardlyn_krl')
    await sshd.trust(trust())
    renameSync(file, `${file}.away`)
    expect(await lets(sshd)).toBe(false)
    writeFileSync(file, '')
    expect([await lets(sshd), await lets(sshd, isRevoked)]).toEqual([true, true])
    writeFileSync(file, 'garbage')
    expect(await lets(sshd)).toBe(false)
  },
)

test.skipIf(sshdMissing !== '')(`CA keys and configuration are put back as well${sshdMissing}`, async () => {
  await using sshd = await trustingSshd({ lookMs: 200 })
  await sshd.trust(trust())
  const config = join(sshd.folder, 'sshd_config.d', '10-shardlyn.conf')
  const keys = join(sshd.folder, 'shardlyn_ca.pub')
  const before = [readFileSync(config, 'utf8'), readFileSync(keys, 'utf8')]
  rmSync(config)
  writeFileSync(keys, `${cas.foreign.public_key}\n`)
  const now = () => {
    try {
      return [readFileSync(config, 'utf8'), readFileSync(keys, 'utf8')]
    } catch {
      return []
    }
  }
  await until(() => now().join() === before.join())
  await until(() => sshd.ssh.state()?.trusts_ca === true)
  expect(now()).toEqual(before)
})

test.skipIf(sshdMissing !== '').each<[string, object]>([
  ['a damaged revocation list', { krl: Buffer.from('SSHKRL\n\0garbage').toString('base64') }],
  ['an empty revocation list', { krl: '' }],
  ['a revocation list of another version', { krl_version: 3 }],
  ['no CA key', { ca_keys: [] }],
  ['a CA key with options', { ca_keys: [`cert-authority ${cas.active.public_key}`] }],
  ['a CA key with a line break', { ca_keys: [`${cas.active.public_key}\n${cas.foreign.public_key}`] }],
  ['a CA key that is damaged', { ca_keys: [`ssh-ed25519 ${'A'.repeat(68)}`] }],
  ['no scope', { scopes: [] }],
  ['a scope that would end the line', { scopes: [`${NODE}\nPermitEmptyPasswords yes`] }],
  ['a scope that is a pattern', { scopes: ['%u'] }],
])(`the agent refuses %s and keeps what it has${sshdMissing}`, async (_, change) => {
  await using sshd = await trustingSshd()
  await sshd.trust(trust())
  const before = sshd.ssh.state()
  await expect(sshd.trust(trust(change))).rejects.toThrow('not put in place')
  expect(sshd.ssh.state()).toEqual(before)
  expect([await lets(sshd), await lets(sshd, isRevoked)]).toEqual([true, false])
})

test.skipIf(sshdMissing !== '').each([
  ['TrustedUserCAKeys', '/etc/hostname'],
  ['AuthorizedPrincipalsFile', '/etc/ssh/principals/%u'],
  ['RevokedKeys', '/etc/hostname'],
])(`the owner’s own %s stands, and is told${sshdMissing}`, async (setting, value) => {
  await using sshd = await trustingSshd({ config: [`${setting} ${value}`] })
  await sshd.trust(trust())
  expect(sshd.ssh.state()).toMatchObject({
    trusts_ca: false,
    problem: expect.stringContaining(`${setting} ${value}`),
  })
  expect(() => readFileSync(join(sshd.folder, 'sshd_config.d', '10-shardlyn.conf'))).toThrow('ENOENT')
})

test.skipIf(sshdMissing !== '')(
  `an sshd that includes nothing is told with the line that is missing${sshdMissing}`,
  async () => {
    await using sshd = await trustingSshd({ include: false })
    await sshd.trust(trust())
    expect(sshd.ssh.state()).toMatchObject({
      trusts_ca: false,
      ca_fingerprints: [],
      problem: expect.stringContaining(`Include ${sshd.folder}/sshd_config.d/*.conf`),
    })
  },
)

test.skipIf(sshdMissing !== '')(
  `a configuration that sshd would not start with is left as it is, and told${sshdMissing}`,
  async () => {
    await using sshd = await trustingSshd()
    const main = join(sshd.folder, 'sshd_config')
    const good = readFileSync(main, 'utf8')
    writeFileSync(main, `${good}NoSuchSetting yes\n`)
    await sshd.trust(trust())
    expect(sshd.ssh.state()).toMatchObject({ trusts_ca: false, problem: expect.stringMatching(/NoSuchSetting/i) })
    writeFileSync(main, good)
    await sshd.trust(trust())
    expect(sshd.ssh.state()).toMatchObject({ trusts_ca: true, problem: null })
  },
)
