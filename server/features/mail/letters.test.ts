import { expect, test } from 'vitest'
import { updateMailSettings } from '#contract/mail'
import { writeSetting } from '#server/db/settings'
import type { Language, MailMessage } from '#server/mail'
import { testApp } from '#server/testing/app'
import { mailServer } from '#server/testing/mail-server'

const link = 'https://panel.example.com/reset?a=1&b=2#the-token-of-the-link-0123456789'
const ip = '10.0.0.9'
const messages: MailMessage[] = [
  { kind: 'password_reset', link, minutes: 30, ip },
  { kind: 'password_changed', ip },
  { kind: 'invite', link, organization: 'Clã das Águias', invited_by: 'ana@example.com', days: 7 },
  { kind: 'factor_changed', what: 'totp_added', ip },
  { kind: 'factor_changed', what: 'passkey_added', ip },
  { kind: 'factor_changed', what: 'factors_removed', ip },
  { kind: 'factor_changed', what: 'recovery_code_used', ip },
  { kind: 'support', from: 'ana@example.com', subject: 'Olá', text: 'one\ntwo' },
]
const evil = '<img src=x onerror=alert(1)>"\'&\r\nBcc: all@example.com\r\n\r\n\u202Eevil\u0000'

async function stage(platform: object = {}) {
  const server = await mailServer()
  const app = await testApp()
  const body = { enabled: true, host: '127.0.0.1', port: server.port, security: 'none', from: 'panel@example.com' }
  await app.signedIn(updateMailSettings, { body })
  await writeSetting(app.control.db, 'platform', platform, '2026-01-01T00:00:00.000Z')
  return {
    async send(message: MailMessage, language: Language | null = null) {
      const count = server.mails.length
      expect(await app.mail.send('friend@example.com', language, message)).toBe(true)
      const mail = server.mails[count]
      if (!mail) throw new Error('No mail arrived.')
      return mail
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('every kind of mail says the same in text and in HTML, in each language in its own words', async () => {
  await using set = await stage({ name: 'Casa da Ana' })
  for (const message of messages) {
    const [english, portuguese] = [await set.send(message, 'en'), await set.send(message, 'pt-BR')]
    expect(english.subject).not.toBe(portuguese.subject)
    expect(english.text).not.toBe(portuguese.text)
    for (const [mail, language] of [
      [english, 'en'],
      [portuguese, 'pt-BR'],
    ] as const) {
      expect(mail.from).toBe('Casa da Ana <panel@example.com>')
      expect([mail.headers.get('content-language'), mail.headers.get('auto-submitted')]).toEqual([
        language,
        'auto-generated',
      ])
      expect(mail.html).toContain(`<html lang="${language}">`)
      expect(mail.text).toContain('Casa da Ana')
      // Nothing comes from elsewhere, and no sentence is in one part only.
      expect(mail.html).not.toMatch(/<(img|link|script|style|iframe)|url\(|src=/i)
      const readable = mail.html.replaceAll('&amp;', '&').replaceAll('&#39;', "'")
      for (const line of mail.text.split('\n').filter((line) => line !== '' && line !== '-- ')) {
        expect(readable).toContain(line)
      }
      expect(mail.text.includes(link)).toBe('link' in message)
      expect(mail.html.includes(`href="${link.replaceAll('&', '&amp;')}"`)).toBe('link' in message)
      expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/undefined|\[object/)
    }
  }
})

test('the language is the platform’s for somebody who has chosen none', async () => {
  await using set = await stage({ language: 'pt-BR' })
  const mail = await set.send({ kind: 'password_changed', ip })
  expect(mail.subject).toBe('A sua senha de Shardlyn foi alterada')
  expect(mail.source).toMatch(/^Subject: [\x20-\x7e]+$/m)
})

test('names that are not ASCII arrive as they were, and every header line is ASCII', async () => {
  await using set = await stage({ name: 'Servidor Ação 🎮' })
  const organization = 'Organização dos Amigos de São João — ção '.repeat(2).trim()
  const mail = await set.send({ kind: 'invite', link, organization, invited_by: 'joão@example.com', days: 1 }, 'pt-BR')
  expect(mail.from).toBe('Servidor Ação 🎮 <panel@example.com>')
  expect(mail.subject).toContain('Organização dos Amigos de São João — ção')
  const head = mail.source.slice(0, mail.source.indexOf('\r\n\r\n'))
  expect(head).toMatch(/^[\x20-\x7e\r\n\t]*$/)
  expect(Math.max(...head.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(200)
})

test('what people typed is text only: no header, no markup, no address of the web, no hidden character', async () => {
  await using set = await stage({ name: evil })
  const organization = `${evil} https://evil.example/login www.evil.example`
  const invite = await set.send({ kind: 'invite', link, organization, invited_by: evil, days: 7 }, 'en')
  const support = await set.send({ kind: 'support', from: evil, subject: evil, text: evil }, 'en')
  for (const mail of [invite, support]) {
    expect([...mail.headers.keys()].filter((name) => name === 'bcc' || name === 'reply-to')).toEqual([])
    expect(mail.to).toEqual(['friend@example.com'])
    expect(mail.html).not.toContain('<img')
    expect(mail.html).toContain('&lt;img')
    expect(mail.subject + mail.from + mail.text + mail.html).not.toMatch(/[[\u202E\p{Cc}]--[\r\n\t]]/v)
    expect(mail.subject).not.toMatch(/[\r\n]/)
  }
  expect(invite.text + invite.html).not.toMatch(/https?:\/\/evil|www\.evil/)
})
