import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { type ReadMail, readMail } from './read-mail.ts'

/** What a mail server says to a recipient: undefined takes the mail. */
export type Refusal = { code: number; words: string } | undefined

type Options = SMTPServerOptions & {
  /** Who may send; else anybody. */
  account?: { username: string; password: string }
  /** Asked at each recipient. */
  refuse?: () => Refusal
}

/** A real mail server on loopback, which keeps what it takes. Closed by `await using`. */
export async function mailServer({ account, refuse, ...options }: Options = {}) {
  const mails: (ReadMail & { to: string[]; secure: boolean; user: string | null | undefined })[] = []
  const logins: { username: string | null | undefined; password: string | null | undefined }[] = []
  const server = new SMTPServer({
    disabledCommands: account ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    authOptional: account === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    ...options,
    onAuth({ username, password }, _session, done) {
      logins.push({ username, password })
      if (username === account?.username && password === account?.password) return done(null, { user: username })
      done(Object.assign(new Error(`No such account: ${password}`), { responseCode: 535 }))
    },
    onRcptTo(_address, _session, done) {
      const refusal = refuse?.()
      done(refusal && Object.assign(new Error(refusal.words), { responseCode: refusal.code }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        const mail = readMail(Buffer.concat(chunks).toString())
        mails.push({ ...mail, to, secure: session.secure, user: session.user })
        done(null, 'taken as number 17')
      })
    },
  })
  // A client that refuses our certificate is what some tests want.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    logins,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
export type MailServer = Awaited<ReturnType<typeof mailServer>>
