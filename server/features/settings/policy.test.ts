import { expect, test } from 'vitest'
import { openEvents } from '#contract/events'
import { listNodes } from '#contract/nodes'
import { getSignInPolicy, updateSignInPolicy } from '#contract/settings'
import { testApp, type TestApp } from '#server/testing/app'
import { rawViewer } from '#server/testing/raw-viewer'
import { until } from '#server/testing/until'

const put = (app: TestApp, body: object) => app.signedIn(updateSignInPolicy, { body })
const github = { enabled: true, client_id: 'Iv1.abc', client_secret: 'ghs_verysecret' }

test('only invited people come in until an administrator decides otherwise', async () => {
  await using app = await testApp()
  const before = (await app.signedIn(getSignInPolicy)).json()
  expect(before).toEqual({
    registration: 'invited',
    require_mfa: false,
    github: {
      enabled: false,
      client_id: '',
      base_url: 'https://github.com',
      api_url: 'https://api.github.com',
      has_client_secret: false,
      callback_url: expect.stringMatching(/^http:\/\/[^/]+\/v1\/auth\/github\/callback$/),
    },
  })
  const answer = await put(app, { registration: 'open' })
  expect([answer.status, answer.json()]).toEqual([200, { ...before, registration: 'open' }])
  expect((await app.signedIn(getSignInPolicy)).json().registration).toBe('open')
})

test('the client secret is kept sealed and never shown, in answers, in the audit log or in the database', async () => {
  await using app = await testApp()
  const answer = await put(app, { github })
  expect(answer.json().github).toMatchObject({ enabled: true, client_id: 'Iv1.abc', has_client_secret: true })
  const tables = ['settings', 'sealed', 'audit_logs'].map((table) =>
    app.control.database.prepare(`select * from ${table}`).all(),
  )
  const read = await app.signedIn(getSignInPolicy)
  expect(`${answer.text}${read.text}${JSON.stringify(tables)}`).not.toContain(github.client_secret)
  expect(tables[2]).toContainEqual(
    expect.objectContaining({ action: 'platform.sign_in_policy_updated', organization_id: null }),
  )

  const removed = await put(app, { github: { enabled: false, client_secret: '' } })
  expect(removed.json().github).toMatchObject({ enabled: false, client_id: 'Iv1.abc', has_client_secret: false })
})

test('GitHub is not switched on without its id and secret, nor left on without them', async () => {
  await using app = await testApp()
  const refused = async (body: object) => {
    const answer = await put(app, { github: body })
    return [answer.status, answer.json().code]
  }
  const incomplete = [400, 'github_incomplete']
  expect(await refused({ enabled: true })).toEqual(incomplete)
  expect(await refused({ ...github, client_secret: '' })).toEqual(incomplete)
  expect(await refused({ ...github, client_id: ' ' })).toEqual(incomplete)
  expect((await put(app, { github })).status).toBe(200)
  expect(await refused({ client_secret: '' })).toEqual(incomplete)
  expect(await refused({ client_id: '' })).toEqual(incomplete)
  expect((await app.signedIn(getSignInPolicy)).json().github).toMatchObject({ enabled: true, has_client_secret: true })
})

test('addresses are plain ones, and another one is not given the secret that was kept', async () => {
  await using app = await testApp()
  const bad = [
    'ftp://git.example',
    'javascript:alert(1)',
    'https://user:pass@git.example',
    'https://git.example?x=1',
    'https://git.example/#x',
    'git.example',
  ]
  for (const base_url of bad) {
    expect([base_url, (await put(app, { github: { base_url } })).status]).toEqual([base_url, 400])
  }
  await put(app, { github })
  const moved = await put(app, { github: { base_url: 'https://git.example' } })
  expect([moved.status, moved.json().code]).toEqual([400, 'client_secret_needed'])
  const own = { base_url: 'https://git.example/', api_url: 'https://git.example/api/v3/', client_secret: 'another' }
  expect((await put(app, { github: own })).json().github).toMatchObject({
    base_url: 'https://git.example',
    api_url: 'https://git.example/api/v3',
  })
})

test('a second factor is asked of everybody only by an administrator who has one, and then at once', async () => {
  await using app = await testApp()
  const refused = await put(app, { require_mfa: true })
  expect([refused.status, refused.json().code]).toEqual([409, 'enroll_first'])
  const now = new Date().toISOString()
  const admin = app.control.database.prepare('select id from users').get() as { id: string }
  const totp = { user_id: admin.id, sealed_secret: 'x', verified_at: now, created_at: now }
  await app.control.db.insertInto('mfa_totp').values(totp).execute()

  const { token } = await app.addPerson({ email: 'ana@example.com', role: 'user' })
  expect((await app.call(listNodes, {}, { token })).status).toBe(200)
  using viewer = await rawViewer(app, '', { op: openEvents, token })
  await until(() => viewer.messages.length > 0)
  expect((await put(app, { require_mfa: true })).json().require_mfa).toBe(true)
  const answer = await app.call(listNodes, {}, { token })
  expect([answer.status, answer.json().code]).toEqual([403, 'mfa_enrollment_required'])
  await until(() => viewer.closed()?.code === 4403)
  expect((await app.signedIn(listNodes)).status).toBe(200)
  expect((await put(app, { require_mfa: false })).status).toBe(200)
  expect((await app.call(listNodes, {}, { token })).status).toBe(200)
})
