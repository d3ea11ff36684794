import { expect, test } from 'vitest'
import { getMailSettings, testMail, updateMailSettings } from '#contract/mail'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

const complete = {
  enabled: true,
  host: 'mail.example.com',
  port: 587,
  security: 'starttls',
  username: 'panel',
  from: 'Panel <panel@example.com>',
}
const password = 'correct-battery-staple'
const update = (app: TestApp, body: object) => app.signedIn(updateMailSettings, { body })
const auditDetails = async (app: TestApp) =>
  (
    await app.control.db
      .selectFrom('audit_logs')
      .select('details')
      .where('action', '=', 'mail_settings.updated')
      .orderBy('id')
      .execute()
  ).map(({ details }) => JSON.parse(details ?? '{}') as { changed: string[]; password: string })

test('mail is off until somebody sets it up, and absent fields stay as they are', async () => {
  await using app = await testApp()
  expect((await app.signedIn(getMailSettings)).json()).toEqual({
    enabled: false,
    host: '',
    port: 587,
    security: 'starttls',
    username: '',
    from: '',
    has_password: false,
    last_error: null,
    last_error_at: null,
    last_sent_at: null,
  })
  await update(app, { ...complete, password })
  const answer = await update(app, { port: 2525 })
  expect(answer.json()).toMatchObject({ ...complete, port: 2525, has_password: true })
  expect(await app.mail.isSetUp()).toBe(true)
})

test.each([
  [{ enabled: true, from: 'a@example.com' }, 'mail_host_required'],
  [{ enabled: true, host: 'mail.example.com' }, 'mail_from_required'],
  [{ host: 'mail.example.com:25' + '/x' }, 'bad_mail_host'],
  [{ host: 'https://mail.example.com' }, 'bad_mail_host'],
  [{ host: 'mail.example.com\r\nQUIT' }, 'bad_mail_host'],
  [{ username: 'a\r\nb' }, 'bad_mail_username'],
  [{ from: 'nobody' }, 'bad_mail_from'],
  [{ from: 'a@example.com, b@example.com' }, 'bad_mail_from'],
  [{ from: 'Team: a@example.com;' }, 'bad_mail_from'],
  [{ from: 'A <a@example.com>\r\nBcc: b@example.com' }, 'bad_mail_from'],
  [{ port: 0 }, 'invalid_request'],
  [{ security: 'ssl' }, 'invalid_request'],
])('%j is refused', async (body, code) => {
  await using app = await testApp()
  const answer = await update(app, body)
  expect([answer.status, answer.json().code]).toEqual([400, code])
  expect((await app.signedIn(getMailSettings)).json()).toMatchObject({ host: '', username: '', from: '', port: 587 })
})

test('the password is in no answer, no audit row, and in the database only sealed', async () => {
  await using app = await testApp()
  const answer = await update(app, { ...complete, password })
  const kept = JSON.stringify([
    await app.control.db.selectFrom('settings').selectAll().execute(),
    await app.control.db.selectFrom('sealed').selectAll().execute(),
    await app.control.db.selectFrom('audit_logs').selectAll().execute(),
  ])
  const shown = (await app.signedIn(getMailSettings)).text
  expect(answer.text + shown + kept).not.toContain(password)
  expect(await auditDetails(app)).toMatchObject([{ password: 'set' }])
})

test('another host forgets the password, unless a new one comes with it', async () => {
  await using app = await testApp()
  await update(app, { ...complete, password })
  expect((await update(app, { host: 'MAIL.example.com' })).json().has_password).toBe(true)
  expect((await update(app, { host: 'evil.example.com' })).json().has_password).toBe(false)
  expect((await update(app, { host: 'mail.example.com' })).json().has_password).toBe(false)
  expect((await update(app, { host: 'other.example.com', password: 'new' })).json().has_password).toBe(true)
  expect((await update(app, { password: '' })).json().has_password).toBe(false)
  const secrets = (await auditDetails(app)).map((details) => details.password)
  expect(secrets).toEqual(['set', 'kept', 'forgotten_with_the_host', 'kept', 'set', 'removed'])
})

test('a test mail needs a server and a sender, and ten a minute are enough for a person', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const send = () => app.signedIn(testMail, { body: { to: 'a@example.com' } })
  const first = await send()
  expect([first.status, first.json().code]).toEqual([409, 'mail_not_set_up'])
  const statuses = (await Promise.all(Array.from({ length: 10 }, send))).map(({ status }) => status)
  expect(statuses.filter((status) => status === 429)).toHaveLength(1)
  clock.advance(60_000)
  expect((await send()).status).toBe(409)
})
