import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { createApiToken, deleteApiToken } from '#contract/api-tokens'
import { removeMember, setMemberPermission, updateMemberRole } from '#contract/members'
import {
  createCaKey,
  createCertificate,
  getCaPublicKey,
  getCertificate,
  listCaKeys,
  listCertificates,
  revokeCertificate,
  rotateCaKey,
  type SshCertificate,
} from '#contract/ssh'
import { deleteUser, suspendUser } from '#contract/users'
import { team } from '#server/testing/team'
import { fakeClock } from '#server/testing/clock'
import { readCertificate } from '#server/testing/ssh-certificate'
import { publicKeyLine, rsaKey } from '#server/testing/ssh-keys'
import { until } from '#server/testing/until'

const body = (change: object = {}) => ({ body: { public_key: publicKeyLine(), principals: ['deploy'], ...change } })
type Team = Awaited<ReturnType<typeof team>>

async function get(it: Team, name: string, change: object = {}) {
  const answer = await it.as(name, createCertificate, body(change))
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.json() as { id: string; certificate: string; serial_number: string; principals: string[] }
}
const stateOf = async (it: Team, id: string) =>
  ((await it.as('owner', getCertificate, { params: { id } })).json() as SshCertificate).state

test('a certificate says what was asked for, and no more', async () => {
  await using it = await team()
  const made = await it.as('admin', createCertificate, body({ principals: ['deploy', 'web'] }))
  const answer = made.json() as SshCertificate
  expect(made.status).toBe(200)
  const signed = readCertificate(answer.certificate)
  expect(signed).toMatchObject({
    kind: 'user',
    keyId: `user:${it.id('admin')}:req:${answer.id}`,
    principals: [`deploy@${it.orgId}`, `web@${it.orgId}`],
    criticalOptions: {},
    extensions: { 'permit-pty': '' },
  })
  expect([String(signed.serial), signed.serial > 0n]).toEqual([answer.serial_number, true])
  expect(signed.validBefore - signed.validAfter).toBe(8 * 3600 + 60)
  expect(answer.principals).toEqual(['deploy', 'web'])
  const shown = (await it.as('admin', getCertificate, { params: { id: answer.id } })).json()
  expect(shown).toMatchObject({
    state: 'valid',
    purpose: 'person',
    user_id: it.id('admin'),
    node_id: null,
    principals: ['deploy', 'web'],
    extensions: ['permit-pty'],
    force_command: null,
    source_addresses: [],
    revoked_at: null,
  })
})

test('what is asked for stands in the certificate as ssh-keygen reads it', async () => {
  await using it = await team()
  const { certificate } = await get(it, 'owner', {
    principals: ['root'],
    validity_hours: 0.5,
    extensions: ['permit-port-forwarding', 'permit-agent-forwarding'],
    force_command: 'uptime; id',
    source_addresses: ['10.0.0.0/8', '2001:db8::/32'],
  })
  const { stdout } = spawnSync('ssh-keygen', ['-L', '-f', '-'], { input: `${certificate}\n`, encoding: 'utf8' })
  for (const line of [
    `root@${it.orgId}`,
    'force-command uptime; id',
    'source-address 10.0.0.0/8,2001:db8::/32',
    'permit-agent-forwarding',
    'permit-port-forwarding',
  ]) {
    expect(stdout).toContain(` ${line}\n`)
  }
  expect(stdout).not.toContain('permit-pty')
})

test.each<[string, object, string]>([
  ['no principals', { principals: [] }, '400 invalid_request'],
  ['a principal with an at sign', { principals: ['deploy@x'] }, '400 invalid_request'],
  ['a principal twice', { principals: ['a', 'a'] }, '400 invalid_request'],
  ['seventeen principals', { principals: Array.from({ length: 17 }, (_, at) => `u${at}`) }, '400 invalid_request'],
  ['four minutes', { validity_hours: 4 / 60 }, '400 invalid_request'],
  ['more than a day', { validity_hours: 24.01 }, '400 invalid_request'],
  ['an extension that is none', { extensions: ['permit-everything'] }, '400 invalid_request'],
  ['a forced command with a line break', { force_command: 'true\nid' }, '400 invalid_request'],
  ['a source address that is none', { source_addresses: ['everywhere'] }, '400 bad_source_address'],
  ['a source network that sshd would not read', { source_addresses: ['10.0.0.1/8'] }, '400 bad_source_address'],
  ['a short RSA key', { public_key: rsaKey(2048).key.public_key }, '400 weak_key'],
  ['a DSA key', { public_key: 'ssh-dss AAAAB3NzaC1kc3M=' }, '400 weak_key'],
  ['a private key', { public_key: '-----BEGIN OPENSSH PRIVATE KEY-----' }, '400 private_key'],
  ['no key', { public_key: 'hello' }, '400 unknown_key_type'],
  ['a damaged key', { public_key: publicKeyLine().slice(0, -4) }, '400 malformed_key'],
  ['a serial number of the caller’s choosing', { serial_number: '1' }, '400 invalid_request'],
  ['a machine that is not there', { node_id: '0193f9a0-0000-7000-8000-000000000001' }, '404 node_not_found'],
])('%s is refused', async (_, change, expected) => {
  await using it = await team()
  expect(await it.says('owner', createCertificate, body(change))).toBe(expected)
})

test('a certificate is refused as a key', async () => {
  await using it = await team()
  const { certificate } = await get(it, 'owner')
  expect(await it.says('owner', createCertificate, body({ public_key: certificate }))).toBe('400 certificate')
})

test('root needs a right of its own, and a machine must be of the organization', async () => {
  await using it = await team()
  await it.add('operator', 'user', { grants: ['nodes.ssh.login'] })
  expect(await it.says('operator', createCertificate, body())).toBe(200)
  expect(await it.says('operator', createCertificate, body({ principals: ['deploy', 'root'] }))).toBe(
    '403 missing_permission',
  )
  expect(await it.says('user', createCertificate, body())).toBe('403 missing_permission')
  const { owner } = await it.app.addOrganization('elsewhere')
  const elsewhere = await it.app.call(createCertificate, body(), { token: owner.token })
  expect(await it.says('owner', getCertificate, { params: { id: elsewhere.json().id } })).toBe(
    '404 ssh_certificate_not_found',
  )
  expect(await it.says('owner', revokeCertificate, { params: { id: elsewhere.json().id } })).toBe(
    '404 ssh_certificate_not_found',
  )
})

test('people see their own certificates; who sees the members sees all of them', async () => {
  await using it = await team()
  await it.add('one', 'user', { grants: ['nodes.ssh.login'], denials: ['members.view'] })
  const [mine, other] = [await get(it, 'one'), await get(it, 'owner')]
  const seen = async (name: string, query: object = {}) =>
    ((await it.as(name, listCertificates, { query: { ...query } })).json().items as SshCertificate[]).map(
      ({ id }) => id,
    )
  expect(await seen('one')).toEqual([mine.id])
  expect(await it.says('one', getCertificate, { params: { id: other.id } })).toBe('404 ssh_certificate_not_found')
  expect(await seen('owner')).toEqual([other.id, mine.id])
  expect(await seen('owner', { mine: true })).toEqual([other.id])
  await it.as('owner', revokeCertificate, { params: { id: mine.id }, body: { reason: 'lost' } })
  expect([await seen('owner', { state: 'revoked' }), await seen('owner', { state: 'valid' })]).toEqual([
    [mine.id],
    [other.id],
  ])
})

test('a revoked certificate stays revoked, and the list grows once', async () => {
  await using it = await team()
  const { id } = await get(it, 'admin')
  const version = async () => (await it.as('owner', listCaKeys)).json().krl_version as number
  const before = await version()
  const once = (await it.as('admin', revokeCertificate, { params: { id }, body: { reason: ' lost ' } })).json()
  expect(once).toMatchObject({ state: 'revoked', revoked_by: 'admin@team.example', revoke_reason: 'lost' })
  expect(await version()).toBe(before + 1)
  const twice = (await it.as('admin', revokeCertificate, { params: { id }, body: { reason: 'again' } })).json()
  expect(twice).toEqual(once)
  expect(await version()).toBe(before + 1)
})

test.each<[string, (it: Team) => Promise<unknown>]>([
  ['is suspended', (it) => it.as('owner', suspendUser, { params: { id: it.id('one') } })],
  ['is deleted', (it) => it.as('owner', deleteUser, { params: { id: it.id('one') } })],
  ['is removed from the organization', (it) => it.as('owner', removeMember, { params: { userId: it.id('one') } })],
  [
    'loses the right',
    (it) =>
      it.as('owner', setMemberPermission, {
        params: { userId: it.id('one') },
        body: { key: 'nodes.ssh.login', effect: 'deny' },
      }),
  ],
  [
    'loses the role',
    (it) => it.as('owner', updateMemberRole, { params: { userId: it.id('one') }, body: { role: 'user' } }),
  ],
])('the certificates of somebody who %s are revoked, and nobody else’s', async (_, happen) => {
  await using it = await team()
  await it.add('one', 'admin')
  const [theirs, more, other] = [await get(it, 'one'), await get(it, 'one'), await get(it, 'admin')]
  await happen(it)
  await until(async () => (await stateOf(it, theirs.id)) === 'revoked')
  expect([await stateOf(it, more.id), await stateOf(it, other.id)]).toEqual(['revoked', 'valid'])
})

test('who loses root keeps what is not for root', async () => {
  await using it = await team()
  const [asRoot, other] = [await get(it, 'admin', { principals: ['web', 'root'] }), await get(it, 'admin')]
  await it.as('owner', setMemberPermission, {
    params: { userId: it.id('admin') },
    body: { key: 'nodes.ssh.root', effect: 'deny' },
  })
  expect([await stateOf(it, asRoot.id), await stateOf(it, other.id)]).toEqual(['revoked', 'valid'])
})

test('a certificate ends with the API token that asked for it', async () => {
  await using it = await team()
  const token = (await it.as('owner', createApiToken, { body: { name: 't', scopes: ['nodes.ssh.login'] } })).json()
  const made = await it.app.call(createCertificate, body(), { token: token.token })
  expect(made.status).toBe(200)
  const asRoot = await it.app.call(createCertificate, body({ principals: ['root'] }), { token: token.token })
  expect(asRoot.json().code).toBe('missing_permission')
  await it.as('owner', deleteApiToken, { params: { id: token.id } })
  await until(async () => (await stateOf(it, made.json().id)) === 'revoked')
})

test('certificates are not given without end', async () => {
  await using it = await team()
  const said = []
  for (let asked = 0; asked < 62; asked++) said.push(await it.says('owner', createCertificate, body()))
  expect([said[59], said.at(-1)]).toEqual([200, '429 too_many_certificates'])
  expect(await it.says('admin', createCertificate, body())).toBe(200)
})

test('a CA key is next, then signs, then is trusted until its last certificate is over, then no more', async () => {
  const clock = fakeClock()
  await using it = await team({ clock })
  // Read where they are kept: an hour on, nobody is signed in any more.
  const states = async () =>
    it.app.control.database.prepare('select state from ssh_ca_keys order by id desc').pluck().all()
  const trusted = async () => (await it.app.call(getCaPublicKey)).text.trim().split('\n').length
  const tidy = () => it.app.jobs.find(({ name }) => name === 'ssh.tidy')?.run()
  const first = await get(it, 'owner', { validity_hours: 1 })
  expect(await it.says('owner', rotateCaKey)).toBe('409 no_next_ca_key')
  // Ids sort by the time that they were made.
  clock.advance(1000)
  expect(await it.says('owner', createCaKey)).toBe(201)
  expect(await it.says('owner', createCaKey)).toBe('409 next_ca_key_exists')
  expect([await states(), await trusted()]).toEqual([['next', 'active'], 2])
  expect(await it.says('owner', rotateCaKey)).toBe(200)
  const second = await get(it, 'owner')
  expect(readCertificate(second.certificate).caBlob).not.toEqual(readCertificate(first.certificate).caBlob)
  await tidy()
  expect([await states(), await trusted()]).toEqual([['active', 'retiring'], 2])
  clock.advance(3600_000)
  await tidy()
  expect([await states(), await trusted()]).toEqual([['active', 'retired'], 1])
})
