import { expect, test } from 'vitest'
import { updateMailSettings } from '#contract/mail'
import { challengeMfa, disableMfa } from '#contract/mfa'
import { enrolled, passwordOnly, withAna } from '#server/testing/factors'
import { mailServer } from '#server/testing/mail-server'
import { until } from '#server/testing/until'

test('what becomes of a factor is mailed to its person, and so is a recovery code that was used', async () => {
  await using server = await mailServer()
  await using it = await withAna()
  const { app, clock, token } = it
  const settings = { enabled: true, host: '127.0.0.1', port: server.port, security: 'none', from: 'panel@example.com' }
  await app.call(updateMailSettings, { body: settings }, { token })
  const { recoveryCodes } = await enrolled(app, clock, token)
  await until(() => server.mails.length === 1)
  const { challenge_token } = await passwordOnly(app)
  expect((await app.call(challengeMfa, { body: { challenge_token, code: recoveryCodes[0] } })).status).toBe(200)
  await until(() => server.mails.length === 2)
  expect((await app.call(disableMfa, { body: { code: recoveryCodes[1] } }, { token })).status).toBe(204)
  await until(() => server.mails.length === 3)
  expect(new Set(server.mails.map(({ subject }) => subject)).size).toBe(3)
  for (const mail of server.mails) {
    expect(mail.to).toEqual(['ana@example.com'])
    for (const code of recoveryCodes) expect(mail.text).not.toContain(code)
  }
})
