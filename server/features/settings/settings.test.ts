import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import { addSshKey, getSettings, removeSshKey, setDefaultSshKey, type SshKey, updateSettings } from '#contract/settings'
import { testApp, type TestApp } from '#server/testing/app'
import { MAX_KEYS } from './ssh-keys.ts'

let serial = 0
const publicKey = () => {
  const key = Buffer.alloc(32)
  key.writeUInt32BE(++serial)
  const head = Buffer.from('0000000b7373682d6564323535313900000020', 'hex')
  return `ssh-ed25519 ${Buffer.concat([head, key]).toString('base64')}`
}
const add = (app: TestApp, name: string, public_key = publicKey(), token?: string) =>
  token === undefined
    ? app.signedIn(addSshKey, { body: { name, public_key } })
    : app.call(addSshKey, { body: { name, public_key } }, { token })
const keys = async (app: TestApp) =>
  ((await app.signedIn(getSettings)).json().ssh_keys as SshKey[]).map(({ name, is_default }) => [name, is_default])
const audited = (app: TestApp) =>
  app.control.database
    .prepare(`select action, organization_id is null as platform from audit_logs where outcome = 'done' order by id`)
    .all() as { action: string; platform: number }[]

test('preferences are the person’s own', async () => {
  await using app = await testApp()
  const { token } = await app.addPerson({ email: 'ana@example.com', role: 'user' })
  const body = { preferences: { language: 'pt-BR', theme: 'dark' } }
  const answer = await app.call(updateSettings, { body }, { token })
  expect([answer.status, answer.json().preferences]).toEqual([200, body.preferences])
  expect((await app.call(getMe, {}, { token })).json()).toMatchObject(body.preferences)
  expect((await app.signedIn(getSettings)).json().preferences).toEqual({ language: null, theme: null })
  const part = await app.call(updateSettings, { body: { preferences: { theme: null } } }, { token })
  expect(part.json().preferences).toEqual({ language: 'pt-BR', theme: null })
  expect(audited(app).at(-1)).toEqual({ action: 'user.preferences_updated', platform: 0 })
})

test('what is no language, theme, name or address is refused', async () => {
  await using app = await testApp()
  const bodies = [
    {},
    { preferences: { language: 'xx' } },
    { preferences: { theme: 'pink' } },
    { preferences: { role: 'admin' } },
    { platform: { name: ' ' } },
    { platform: { language: null } },
    { platform: { support_email: 'nobody' } },
  ]
  for (const body of bodies) expect((await app.signedIn(updateSettings, { body })).status).toBe(400)
})

test('the platform’s settings are read by everybody and changed by its administrators', async () => {
  await using app = await testApp()
  const { token } = await app.addPerson({ email: 'ana@example.com', role: 'admin' })
  const platform = { name: 'Casa', language: 'pt-BR', support_email: 'help@example.com' }
  const body = { platform, preferences: { theme: 'dark' } }
  const refused = await app.call(updateSettings, { body }, { token })
  expect([refused.status, refused.json().code]).toEqual([403, 'admin_only'])
  const unchanged = (await app.call(getSettings, {}, { token })).json()
  expect([unchanged.platform.name, unchanged.preferences.theme]).toEqual(['Shardlyn', null])

  expect((await app.signedIn(updateSettings, { body: { platform } })).json().platform).toEqual(platform)
  const part = await app.signedIn(updateSettings, { body: { platform: { support_email: null } } })
  expect(part.json().platform).toEqual({ ...platform, support_email: null })
  expect((await app.call(getSettings, {}, { token })).json().platform.name).toBe('Casa')
  expect(audited(app).at(-1)).toEqual({ action: 'platform.settings_updated', platform: 1 })
})

test('the first key is the default, which moves when it is removed and when another is chosen', async () => {
  await using app = await testApp()
  const public_key = publicKey()
  const added = await add(app, 'laptop', `${public_key} ana@laptop`)
  expect([added.status, added.json()]).toMatchObject([
    201,
    { name: 'laptop', type: 'ssh-ed25519', bits: 256, public_key, is_default: true },
  ])
  await add(app, 'desk')
  await add(app, 'phone')
  expect(await keys(app)).toEqual([
    ['desk', false],
    ['laptop', true],
    ['phone', false],
  ])
  const chosen = await app.signedIn(setDefaultSshKey, { params: { name: 'phone' } })
  expect([chosen.status, chosen.json().is_default]).toEqual([200, true])
  expect((await app.signedIn(removeSshKey, { params: { name: 'phone' } })).status).toBe(204)
  expect(await keys(app)).toEqual([
    ['desk', false],
    ['laptop', true],
  ])
  expect((await app.signedIn(removeSshKey, { params: { name: 'desk' } })).status).toBe(204)
  expect((await app.signedIn(removeSshKey, { params: { name: 'laptop' } })).status).toBe(204)
  expect(await keys(app)).toEqual([])
  expect((await add(app, 'new')).json().is_default).toBe(true)
  expect(audited(app).filter(({ action }) => action.startsWith('ssh_key.'))).toHaveLength(8)
})

test('a name and a key are a person’s once; another person may have the same', async () => {
  await using app = await testApp()
  const key = publicKey()
  await add(app, 'laptop', key)
  const again = await add(app, 'other', key)
  expect([again.status, again.json().code, again.json().error]).toEqual([
    409,
    'key_known',
    'You have this key already, under the name laptop.',
  ])
  expect((await add(app, 'laptop')).json().code).toBe('key_name_taken')
  const { token } = await app.addPerson({ email: 'ana@example.com', role: 'user' })
  expect((await add(app, 'laptop', key, token)).status).toBe(201)
  for (const op of [removeSshKey, setDefaultSshKey]) {
    const answer = await app.call(op, { params: { name: 'desk' } }, { token })
    expect([answer.status, answer.json().code]).toEqual([404, 'ssh_key_not_found'])
  }
  expect((await app.call(removeSshKey, { params: { name: 'laptop' } }, { token })).status).toBe(204)
  expect(await keys(app)).toEqual([['laptop', true]])
})

test('bad names and keys are refused, and a private key is neither kept nor repeated', async () => {
  await using app = await testApp()
  for (const name of ['', ' x', '-x', '../x', 'a/b', 'a\nb', 'x'.repeat(61)]) {
    expect((await add(app, name)).status).toBe(400)
  }
  const secret = 'c2VjcmV0IHNlY3JldA'
  const answer = await add(app, 'oops', `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n`)
  expect([answer.status, answer.json().code]).toEqual([400, 'private_key'])
  expect(answer.text).not.toContain(secret)
  expect(JSON.stringify(app.control.database.prepare('select * from audit_logs').all())).not.toContain(secret)
  expect(await keys(app)).toEqual([])
})

test('of fifty at once with one place left exactly one is added, and one is the default', async () => {
  await using app = await testApp()
  await app.adminToken()
  const first = await Promise.all(Array.from({ length: MAX_KEYS - 1 }, (_, i) => add(app, `key ${i}`)))
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set([201]))
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => add(app, `race ${i}`)))
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(1)
    expect(answers.find(({ status }) => status !== 201)?.json().code).toBe('too_many_ssh_keys')
    const all = await keys(app)
    expect([all.length, all.filter(([, isDefault]) => isDefault).length]).toEqual([MAX_KEYS, 1])
    await app.signedIn(removeSshKey, { params: { name: made[0]?.json().name } })
  }
})
