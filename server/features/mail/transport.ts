import type { MailSettings } from '#contract/mail'
import { oneLine } from './plain.ts'
import { MailError, toMailError } from './mail-error.ts'
import { isMailbox, parseSender } from './addresses.ts'

export type MailTimes = { connectionMs: number; greetingMs: number; socketMs: number; wholeMs: number }
export const mailTimes: MailTimes = { connectionMs: 10_000, greetingMs: 10_000, socketMs: 20_000, wholeMs: 60_000 }

export type MailServer = Pick<MailSettings, 'host' | 'port' | 'security' | 'username' | 'from'> & {
  password: string | null
}
export type Envelope = {
  to: string
  /** The name of this installation, where the sender has none of its own. */
  senderName: string
  replyTo: string | null
  language: string
  subject: string
  text: string
  html: string
}

const MAX_WORDS = 500

/** What a server said, without what it must not repeat: the password in any form in which it was sent, and the link. */
function withoutSecrets(words: string, { username, password }: MailServer, text: string): string {
  const base64 = (plain: string) => Buffer.from(plain).toString('base64')
  const links = text.match(/https?:\/\/\S+/g) ?? []
  const tokens = links.flatMap((link) => link.match(/[\w-]{20,}/g) ?? [])
  const sent = password ? [password, base64(password), base64(`\0${username}\0${password}`)] : []
  return [...sent, ...links, ...tokens].reduce((left, secret) => left.replaceAll(secret, '[removed]'), words)
}

/** Hands one mail over, once. Answers the server's words; throws MailError. */
export async function deliver(
  server: MailServer,
  { to, senderName, replyTo, language, subject, text, html }: Envelope,
  { connectionMs, greetingMs, socketMs, wholeMs }: MailTimes,
  signal?: AbortSignal,
): Promise<string> {
  const sender = await parseSender(server.from)
  if (!server.host || !sender) throw new MailError('Enter the mail server and the sender first.', false)
  if (!isMailbox(to)) throw new MailError('This is not an address that a mail can be sent to.', false)
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(server.username && { auth: { user: server.username, pass: server.password ?? '' } }),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    connectionTimeout: connectionMs,
    greetingTimeout: greetingMs,
    socketTimeout: socketMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const whole = AbortSignal.timeout(wholeMs)
  const mail = {
    from: { name: oneLine(sender.name || senderName, 80), address: sender.address },
    to: { name: '', address: to },
    ...(replyTo !== null && isMailbox(replyTo) && { replyTo: { name: '', address: replyTo } }),
    subject: oneLine(subject),
    text,
    html,
    xMailer: false as const,
    headers: {
      'Content-Language': language,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    signal: signal ? AbortSignal.any([whole, signal]) : whole,
  }
  const tell = (words: string) => oneLine(withoutSecrets(words, server, text), MAX_WORDS)
  try {
    return tell((await transport.sendMail(mail)).response)
  } catch (thrown) {
    if (whole.aborted) throw new MailError('The mail server took too long.', true)
    const error = toMailError(thrown)
    throw new MailError(tell(error.message), error.temporary)
  } finally {
    transport.close()
  }
}
