import { expect, test } from 'vitest'
import { forgotPassword, resetPassword } from '#contract/auth'
import { listWaitingLinks, updateMailSettings } from '#contract/mail'
import { updatePassword } from '#contract/users'
import { testApp, type TestApp } from '#server/testing/app'
import { mailServer } from '#server/testing/mail-server'

const email = 'admin@example.com'
const tokenIn = (link: string) => new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? ''

async function forget(app: TestApp) {
  const answer = await app.call(forgotPassword, { body: { email } })
  await app.auth.settled()
  return answer.json()
}
const waiting = async (app: TestApp, token: string): Promise<{ kind: string; email: string; link: string }[]> =>
  (await app.call(listWaitingLinks, {}, { token })).json().items
const setUpMail = (app: TestApp, port: number) =>
  app.signedIn(updateMailSettings, {
    body: { enabled: true, host: '127.0.0.1', port, security: 'none', from: 'panel@example.com' },
  })

test('without mail the newest link waits for an administrator, and is gone when it was used', async () => {
  await using app = await testApp()
  await app.adminToken()
  const other = await app.addPerson({ email: 'root@example.com', role: 'user', platform_role: 'admin' })
  expect(await forget(app)).toEqual({ mail: false })
  const [first] = await waiting(app, other.token)
  expect(await forget(app)).toEqual({ mail: false })
  const links = await waiting(app, other.token)
  expect(links).toMatchObject([{ kind: 'password_reset', email }])
  expect(links[0]?.link).not.toBe(first?.link)
  const token = tokenIn(links[0]?.link ?? '')
  expect((await app.call(resetPassword, { body: { token, new_password: 'battery staple' } })).status).toBe(204)
  expect(await waiting(app, other.token)).toEqual([])
})

test('a changed password takes a waiting link back', async () => {
  await using app = await testApp()
  const token = await app.adminToken()
  await forget(app)
  expect(await waiting(app, token)).toHaveLength(1)
  const body = { current_password: 'correct horse', new_password: 'battery staple' }
  expect((await app.call(updatePassword, { body }, { token })).status).toBe(204)
  expect(await waiting(app, token)).toEqual([])
})

test('with mail the link is sent to the owner and to nobody else, and so is the news of the change', async () => {
  await using server = await mailServer()
  await using app = await testApp()
  const admin = await app.adminToken()
  await setUpMail(app, server.port)
  expect(await forget(app)).toEqual({ mail: true })
  await app.call(forgotPassword, { body: { email: 'who@example.com' } })
  await app.auth.settled()
  expect(server.mails).toMatchObject([{ to: [email] }])
  expect(await waiting(app, admin)).toEqual([])
  const link = /http:\S+#token=[\w-]+/.exec(server.mails[0]?.text ?? '')?.[0] ?? ''
  const body = { token: tokenIn(link), new_password: 'battery staple' }
  expect((await app.call(resetPassword, { body })).status).toBe(204)
  await app.auth.settled()
  expect(server.mails).toHaveLength(2)
  expect(server.mails[1]).toMatchObject({ to: [email] })
  expect(server.mails[1]?.text).not.toContain('battery staple')
})

test('a link that the mail server does not take waits for an administrator', async () => {
  await using app = await testApp({ mailTimes: { backOffMs: [] } })
  const admin = await app.adminToken()
  await setUpMail(app, 1)
  await forget(app)
  expect(await waiting(app, admin)).toMatchObject([{ kind: 'password_reset', email }])
})

test('one account is sent five mails an hour at most, whoever asks', async () => {
  await using server = await mailServer()
  await using app = await testApp()
  await app.adminToken()
  await setUpMail(app, server.port)
  for (let i = 0; i < 9; i++) await forget(app)
  expect(server.mails).toHaveLength(5)
})
