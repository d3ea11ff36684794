import { getMailSettings, type MailSettings, type updateMailSettings } from '#contract/mail'
import type { Input, Output } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { hasSecret, writeSecret } from '#server/db/settings'
import { conflict, tooMany } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { createRateLimiter } from '#server/http/rate-limit'
import type { Log } from '#server/log'
import type { Language, Mail, MailMessage } from '#server/mail'
import { createWaitingLinks } from './links.ts'
import { MailError, toMailError } from './mail-error.ts'
import { createOutbox, type OutboxTimes, outboxTimes } from './outbox.ts'
import { toHtml, toText } from './render.ts'
import * as settings from './settings.ts'
import { deliver, type MailServer, type MailTimes, mailTimes } from './transport.ts'
import { type Message, wordLetter } from './words.ts'

type Deps = {
  db: Db
  clock: Clock
  log: Log
  seal: Seal
  audit: Audit
  publish: Publish
  /** Shorter ones for tests. */
  times?: Partial<MailTimes & OutboxTimes> | undefined
}

/** Ten a minute for each person. */
const testRate = { perSecond: 1 / 6, burst: 10 }
const subject = { type: 'settings', id: null, name: 'mail' }

export function createMailService({ db, clock, log, seal, audit, publish, times: own }: Deps) {
  const times = { ...mailTimes, ...outboxTimes, ...own }
  const outbox = createOutbox({ clock, times })
  const links = createWaitingLinks({ db, clock, seal })
  const tests = createRateLimiter(clock)
  const posts = new Set<Promise<unknown>>()

  async function hand(
    server: MailServer,
    to: string,
    language: Language | null,
    message: Message,
    signal?: AbortSignal,
  ): Promise<string> {
    const platform = await settings.readPlatform(db)
    const letter = wordLetter(message, language ?? platform.language, platform.name)
    const envelope = {
      to,
      senderName: platform.name,
      replyTo: message.kind === 'support' ? message.from : null,
      language: letter.language,
      subject: letter.subject,
      text: toText(letter),
      html: toHtml(letter),
    }
    return deliver(server, envelope, times, signal)
  }

  /** Each attempt uses the settings of its own moment. */
  async function post(to: string, language: Language | null, message: MailMessage): Promise<string | null> {
    const error = await outbox.post(async (signal) => {
      const server = await settings.readMailServer(db, seal)
      if (!server.enabled) throw new MailError('Mail is switched off.', false)
      await hand(server, to, language, message, signal)
    })
    const at = isoNow(clock)
    const change = error === null ? { last_sent_at: at } : { last_error: error.message, last_error_at: at }
    await settings
      .noteStatus(db, change, at)
      .catch((failure: unknown) => log.error({ err: failure }, 'the outcome of a mail could not be kept'))
    if (error !== null) log.warn({ kind: message.kind, reason: error.message }, 'a mail could not be sent')
    return error?.message ?? null
  }

  const isSetUp = async () => (await settings.readMailSettings(db)).enabled
  /** Null when the mail server took it, else why not, in words. Never throws. */
  async function trySend(to: string, language: Language | null, message: MailMessage): Promise<string | null> {
    try {
      if (!(await isSetUp())) return 'Mail is not set up.'
      const work = post(to, language, message)
      posts.add(work)
      return await work.finally(() => posts.delete(work))
    } catch (error) {
      log.error({ err: error, kind: message.kind }, 'a mail could not be sent')
      return 'The mail could not be sent.'
    }
  }

  const answer = (): Promise<Output<typeof getMailSettings>> => settings.readMailAnswer(db)

  return {
    ...links,
    isSetUp,
    trySend,
    send: async (to, language, message) => (await trySend(to, language, message)) === null,

    getSettings: answer,

    async updateSettings(
      caller: Caller,
      { password, ...change }: Input<typeof updateMailSettings>['body'],
    ): Promise<Output<typeof getMailSettings>> {
      await inTransaction(db, async (db) => {
        const before = await settings.readMailSettings(db)
        const after: MailSettings = { ...before, ...change }
        await settings.checkMailSettings(after)
        const isOtherServer = after.host.toLowerCase() !== before.host.toLowerCase()
        // A password is for the server that it was typed for. Another host gets it only when somebody types it again, or
        // whoever may change the settings could have it sent to a server of their own.
        const forgets = password === undefined && isOtherServer && (await hasSecret(db, settings.PASSWORD))
        await settings.writeMailSettings(db, after, isoNow(clock))
        if (password !== undefined || forgets) await writeSecret(db, seal, settings.PASSWORD, password ?? null)
        const changed = (Object.keys(after) as (keyof MailSettings)[]).filter((key) => after[key] !== before[key])
        const secret = forgets
          ? 'forgotten_with_the_host'
          : password === undefined
            ? 'kept'
            : password
              ? 'set'
              : 'removed'
        await audit(db, {
          ...byCaller(caller),
          action: 'mail_settings.updated',
          subject,
          details: { changed, password: secret, host: after.host, enabled: after.enabled },
        })
      })
      const { organization_id } = caller
      publish({ organization_id, kind: 'mail_settings.updated', stale: [getMailSettings] })
      return answer()
    },

    /** With the saved settings, also before mail is switched on; once, and told as it went. */
    async test(caller: Caller, to: string): Promise<{ accepted: boolean; answer: string }> {
      const verdict = tests.take(caller.user_id, testRate)
      if (!verdict.allowed) {
        throw tooMany('too_many_test_mails', `Wait ${verdict.retryAfter} s before you send another test mail.`)
      }
      const server = await settings.readMailServer(db, seal)
      if (server.host === '' || server.from === '') {
        throw conflict('mail_not_set_up', 'Enter and save the mail server and the sender first.')
      }
      const result = await hand(server, to, null, { kind: 'test' }).then(
        (words) => ({ accepted: true, answer: words }),
        (error: unknown) => ({ accepted: false, answer: toMailError(error).message }),
      )
      const outcome = result.accepted ? ('done' as const) : ('failed' as const)
      await audit(db, { ...byCaller(caller), action: 'mail.tested', subject, outcome, details: { to } })
      return result
    },

    async close() {
      await outbox.close()
      await Promise.all(posts)
    },
  } satisfies Mail & Record<string, unknown>
}
export type MailService = ReturnType<typeof createMailService>
