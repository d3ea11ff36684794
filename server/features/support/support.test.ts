import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { updateMailSettings } from '#contract/mail'
import {
  deleteSupportMessage,
  getHelpScoutSignature,
  getSupportSettings,
  listSupportMessages,
  sendSupportMessage,
  type SupportMessage,
  updateSupportSettings,
} from '#contract/support'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'
import { mailServer } from '#server/testing/mail-server'

const written = { subject: 'It does not start', message: 'My server\ndoes not start.' }
const send = (app: TestApp, token: string, body: object = {}) =>
  app.call(sendSupportMessage, { body: { ...written, ...body } }, { token })
const list = async (app: TestApp) =>
  (await app.signedIn(listSupportMessages)).json() as { items: SupportMessage[]; next_cursor: string | null }

test('a message is kept with exactly the chosen parts, for the administrator to read and delete', async () => {
  await using app = await testApp()
  const member = await app.addPerson({ email: 'member@example.com', role: 'user' })
  const answer = await send(app, member.token, { diagnostics: ['versions', 'nodes'] })
  expect([answer.status, answer.json().mailed]).toEqual([201, false])
  await send(app, member.token)
  const { items } = await list(app)
  expect(items.map(({ diagnostics }) => diagnostics.map(({ name }) => name))).toEqual([[], ['versions', 'nodes']])
  expect(items[1]).toMatchObject({
    ...written,
    id: answer.json().id,
    email: 'member@example.com',
    organization_name: 'Home',
    mailed_at: null,
    mail_error: null,
  })
  const page = (await app.signedIn(listSupportMessages, { query: { limit: 1 } })).json()
  const rest = (await app.signedIn(listSupportMessages, { query: { limit: 1, cursor: page.next_cursor } })).json()
  expect([page.items[0].id, rest.items[0].id, rest.next_cursor]).toEqual([items[0]?.id, items[1]?.id, null])

  const remove = (id: string) => app.signedIn(deleteSupportMessage, { params: { id } })
  const id = answer.json().id as string
  expect((await Promise.all([remove(id), remove(id)])).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    204, 404,
  ])
  expect((await remove(newId())).json().code).toBe('support_message_not_found')
  expect((await list(app)).items).toHaveLength(1)
  const actions = await app.control.db
    .selectFrom('audit_logs')
    .select('action')
    .where('subject_type', '=', 'support_message')
    .execute()
  expect(actions.map(({ action }) => action)).toEqual([
    'support_message.created',
    'support_message.created',
    'support_message.deleted',
  ])
})

test('a part that is not the sender’s to see is refused', async () => {
  await using app = await testApp()
  const member = await app.addPerson({ email: 'member@example.com', role: 'user' })
  for (const part of ['log', 'jobs']) {
    const answer = await send(app, member.token, { diagnostics: ['versions', part] })
    expect([answer.status, answer.json().code]).toEqual([403, 'part_not_available'])
  }
  expect((await list(app)).items).toEqual([])
})

test.each([{ subject: ' ' }, { message: '' }, { subject: 'x'.repeat(121) }, { diagnostics: ['passwords'] }])(
  '%j is refused',
  async (body) => {
    await using app = await testApp()
    const answer = await send(app, await app.adminToken(), body)
    expect([answer.status, answer.json().code]).toEqual([400, 'invalid_request'])
  },
)

test('five an hour for each person, also when fifty come at once', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const member = await app.addPerson({ email: 'member@example.com', role: 'user' })
  const other = await app.addPerson({ email: 'other@example.com', role: 'user' })
  for (let i = 0; i < 4; i++) expect((await send(app, member.token)).status).toBe(201)
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(app, member.token)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  const refused = answers.filter(({ status }) => status === 429)
  expect([refused.length, refused[0]?.json().code]).toEqual([49, 'too_many_support_messages'])
  expect((await send(app, other.token)).status).toBe(201)
  expect((await list(app)).items).toHaveLength(6)
  clock.advance(3600_000)
  expect((await send(app, await app.auth.openSessionFor(member.id))).status).toBe(201)
})

test('a message is mailed to the address that is set, and answers go to who wrote it', async () => {
  let isRefusing = false
  await using server = await mailServer({ refuse: () => (isRefusing ? { code: 550, words: 'no' } : undefined) })
  await using app = await testApp()
  const body = { enabled: true, host: '127.0.0.1', port: server.port, security: 'none', from: 'panel@example.com' }
  await app.signedIn(updateMailSettings, { body })
  await app.signedIn(updateSupportSettings, { body: { email: 'help@example.com' } })
  const member = await app.addPerson({ email: 'member@example.com', role: 'user' })
  const subject = 'Hello\r\nBcc: all@example.com <b>'
  const answer = await send(app, member.token, { subject, message: '<script>', diagnostics: ['versions'] })
  expect(answer.json().mailed).toBe(true)
  const [mail] = server.mails
  expect([mail?.to, mail?.headers.get('reply-to'), mail?.headers.has('bcc')]).toEqual([
    ['help@example.com'],
    'member@example.com',
    false,
  ])
  expect(mail?.subject).toBe('Support: Hello Bcc: all@example.com <b>')
  expect(mail?.text).toContain('--- versions ---\nshardlyn: ')
  expect(mail?.html).toContain('&lt;script&gt;')
  expect(mail?.html).not.toContain('<script>')
  isRefusing = true
  expect((await send(app, member.token)).json().mailed).toBe(false)
  const [second, first] = (await list(app)).items
  expect([first?.mailed_at === null, first?.mail_error]).toEqual([false, null])
  expect(second?.mail_error).toContain('550')
})

test('the HelpScout signature is of the caller’s own address, and absent until it is set up', async () => {
  await using app = await testApp()
  const { token } = await app.addPerson({ email: 'member@example.com', role: 'user' })
  const sign = () => app.call(getHelpScoutSignature, {}, { token })
  const update = (body: object) => app.signedIn(updateSupportSettings, { body })
  await update({ helpscout_beacon_id: 'beacon' })
  expect([(await sign()).status, (await sign()).json().code]).toEqual([404, 'helpscout_not_set_up'])
  const answer = await update({ helpscout_secret: 'k3y-of-the-beacon' })
  expect(answer.json()).toEqual({ email: null, helpscout_beacon_id: 'beacon', has_helpscout_secret: true })
  expect((await sign()).json()).toEqual({
    email: 'member@example.com',
    beacon_id: 'beacon',
    signature: createHmac('sha256', 'k3y-of-the-beacon').update('member@example.com').digest('hex'),
  })
  const kept = JSON.stringify([
    (await app.signedIn(getSupportSettings)).json(),
    await app.control.db.selectFrom('sealed').selectAll().execute(),
    await app.control.db.selectFrom('audit_logs').selectAll().execute(),
  ])
  expect(kept).not.toContain('k3y-of-the-beacon')
  await update({ helpscout_secret: '' })
  expect((await sign()).status).toBe(404)
})
