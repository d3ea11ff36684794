import { createServer } from 'node:net'
import tls from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { getMailSettings, testMail, updateMailSettings } from '#contract/mail'
import { testApp, type TestApp } from '#server/testing/app'
import { selfSigned } from '#server/testing/certificate'
import { fakeClock } from '#server/testing/clock'
import { mailServer } from '#server/testing/mail-server'
import { until } from '#server/testing/until'

const to = 'friend@example.com'
const setUp = async (app: TestApp, fields: object) => {
  const body = { enabled: true, host: '127.0.0.1', security: 'none', from: 'panel@example.com', ...fields }
  expect((await app.signedIn(updateMailSettings, { body })).status).toBe(200)
}
const tryOut = async (app: TestApp) => (await app.signedIn(testMail, { body: { to } })).json()
const status = async (app: TestApp) => (await app.signedIn(getMailSettings)).json()
const account = { username: 'panel', password: 'p4ss-for-mail' }

test('a mail goes out over a plain connection, to one address', async () => {
  await using server = await mailServer()
  await using app = await testApp()
  await setUp(app, { port: server.port })
  expect(await app.mail.send(to, null, { kind: 'password_changed', ip: '10.0.0.9' })).toBe(true)
  expect(server.mails).toMatchObject([{ to: [to], secure: false, from: 'Shardlyn <panel@example.com>' }])
  expect(server.mails[0]?.text).toContain('10.0.0.9')
  expect(await status(app)).toMatchObject({ last_error: null, last_sent_at: expect.any(String) })
})

test('user name and password are used, and a wrong one is told without repeating it', async () => {
  await using server = await mailServer({ account })
  await using app = await testApp()
  await setUp(app, { port: server.port, ...account })
  expect(await tryOut(app)).toEqual({ accepted: true, answer: '250 taken as number 17' })
  expect(server.mails[0]?.user).toBe('panel')
  await setUp(app, { port: server.port, password: 'not-the-right-one' })
  const refused = await tryOut(app)
  expect(refused.accepted).toBe(false)
  expect(refused.answer).toContain('refused the user name or the password: 535')
  expect(refused.answer).not.toContain('not-the-right-one')
})

test('the password does not go to a server that somebody else enters', async () => {
  await using server = await mailServer({ account })
  await using app = await testApp()
  await setUp(app, { host: 'mail.example.com', port: server.port, ...account })
  await setUp(app, { port: server.port })
  expect((await tryOut(app)).accepted).toBe(false)
  expect(server.logins.map(({ password }) => password)).not.toContain(account.password)
})

test('with STARTTLS a server that offers none gets no mail', async () => {
  await using server = await mailServer()
  await using app = await testApp()
  await setUp(app, { port: server.port, security: 'starttls' })
  const answer = await tryOut(app)
  expect(answer.accepted).toBe(false)
  expect(server.mails).toEqual([])
})

test('a certificate that nobody vouches for is refused, and said so', async () => {
  const cert = selfSigned('localhost')
  await using server = await mailServer({ ...cert, disabledCommands: [] })
  await using secure = await mailServer({ ...cert, secure: true, disabledCommands: [] })
  await using app = await testApp()
  for (const [security, { port }] of [
    ['starttls', server],
    ['tls', secure],
  ] as const) {
    await setUp(app, { host: 'localhost', port, security })
    const answer = await tryOut(app)
    expect(answer.accepted).toBe(false)
    expect(answer.answer).toContain('certificate of the mail server is not trusted')
  }
  expect([...server.mails, ...secure.mails]).toEqual([])
})

test('over STARTTLS and over TLS a mail goes out when the certificate is good', async () => {
  const cert = selfSigned('localhost')
  const before = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...before, cert.cert])
  onTestFinished(() => tls.setDefaultCACertificates(before))
  await using server = await mailServer({ ...cert, account, disabledCommands: [], allowInsecureAuth: false })
  await using secure = await mailServer({ ...cert, account, secure: true, disabledCommands: [] })
  await using app = await testApp()
  await setUp(app, { host: 'localhost', port: server.port, security: 'starttls', ...account })
  expect(await tryOut(app)).toMatchObject({ accepted: true })
  await setUp(app, { port: secure.port, security: 'tls', host: 'localhost' })
  expect(await tryOut(app)).toMatchObject({ accepted: true })
  expect([...server.mails, ...secure.mails].map((mail) => mail.secure)).toEqual([true, true])
  await setUp(app, { host: '127.0.0.1', port: secure.port, security: 'tls' })
  expect((await tryOut(app)).answer).toContain('certificate of the mail server is not trusted')
})

test('a refusal is final, and kept for the administrator without the link that the server repeats', async () => {
  const link = 'https://panel.example.com/reset#0123456789abcdefghijABCDEFGHIJ'
  let asked = 0
  const refuse = () => {
    asked += 1
    return { code: 550, words: `5.7.1 refused because of ${link}` }
  }
  await using server = await mailServer({ refuse })
  await using app = await testApp()
  await setUp(app, { port: server.port })
  expect(await app.mail.send(to, 'en', { kind: 'password_reset', link, minutes: 30, ip: '10.0.0.9' })).toBe(false)
  expect(asked).toBe(1)
  const { last_error, last_error_at } = await status(app)
  expect(last_error).toContain('550 5.7.1 refused because of')
  expect(last_error).not.toContain('0123456789abcdefghij')
  expect(last_error_at).not.toBeNull()
})

test('a server that is busy gets the mail at a later attempt', async () => {
  let asked = 0
  const refuse = () => {
    asked += 1
    return asked < 3 ? { code: 451, words: 'Try later' } : undefined
  }
  const clock = fakeClock()
  await using server = await mailServer({ refuse })
  await using app = await testApp({ clock })
  await setUp(app, { port: server.port })
  let sent: boolean | undefined
  void app.mail.send(to, 'en', { kind: 'password_changed', ip: '10.0.0.9' }).then((value) => (sent = value))
  await until(() => asked === 1)
  expect(sent).toBeUndefined()
  await until(() => {
    clock.advance(30_000)
    return sent !== undefined
  })
  expect([sent, asked, server.mails.length]).toEqual([true, 3, 1])
})

test('a server that stays away is given up after the third attempt', async () => {
  const server = await mailServer()
  await server[Symbol.asyncDispose]()
  await using app = await testApp({ mailTimes: { backOffMs: [1, 1] } })
  await setUp(app, { port: server.port })
  expect(await app.mail.send(to, 'en', { kind: 'password_changed', ip: '10.0.0.9' })).toBe(false)
  expect((await status(app)).last_error).toBe('Nothing answers at this host and port.')
})

test('a server that says nothing holds nobody up', async () => {
  const held = new Set<{ destroy: () => void }>()
  const silent = createServer((socket) => void held.add(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of held) socket.destroy()
    silent.close()
  })
  const { port } = silent.address() as { port: number }
  await using app = await testApp({ mailTimes: { greetingMs: 50, closeMs: 1 } })
  await setUp(app, { port })
  expect(await tryOut(app)).toEqual({
    accepted: false,
    answer: 'The mail server did not answer in time. Check host, port and security.',
  })
  // The first attempt is over and the second one waits: the server stops all the same.
  const left = app.mail.send(to, 'en', { kind: 'password_changed', ip: '10.0.0.9' })
  await app.mail.close()
  expect(await left).toBe(false)
})

test('mail that is not set up, or to what is no address, is not sent, and nobody is thrown at', async () => {
  await using server = await mailServer()
  await using app = await testApp()
  const message = { kind: 'password_changed', ip: '10.0.0.9' } as const
  expect(await app.mail.send(to, 'en', message)).toBe(false)
  await setUp(app, { port: server.port })
  for (const address of [
    'nobody',
    'a@b.example, c@d.example',
    'a@b.example\r\nRCPT TO:<c@d.example>',
    '<a@b.example>',
  ]) {
    expect(await app.mail.send(address, 'en', message)).toBe(false)
  }
  expect(server.mails).toEqual([])
})
