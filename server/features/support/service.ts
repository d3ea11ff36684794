import type { Input, Output } from '#contract/operation'
import { type DiagnosticsPart, listSupportMessages, type sendSupportMessage } from '#contract/support'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { forbidden, notFound, tooMany } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import type { Log } from '#server/log'
import type { MailMessage } from '#server/mail'
import { createDiagnostics, type Sources } from './diagnostics.ts'
import { createSupportSettings } from './settings.ts'
import * as store from './store.ts'

type Deps = {
  db: Db
  clock: Clock
  log: Log
  seal: Seal
  audit: Audit
  publish: Publish
  startedAt: number
  sources: Sources
  mail: {
    isSetUp: () => Promise<boolean>
    /** Null when it was sent, else why not. */
    trySend: (to: string, language: null, message: MailMessage) => Promise<string | null>
  }
}

const MOST_AN_HOUR = 5
const HOUR_MS = 3600_000
/** How long somebody waits to hear whether the mail went out; it goes on without them. */
const PATIENCE_MS = 5000

export function createSupportService(deps: Deps) {
  const { db, clock, log, audit, publish, mail } = deps
  const diagnostics = createDiagnostics(deps)
  const { email: recipient, ...settings } = createSupportSettings(deps)
  const mailing = new Set<Promise<unknown>>()

  /** Built anew, so that what is sent is what the server says and not what a page claims. */
  async function partsFor(caller: Caller, chosen: readonly DiagnosticsPart['name'][]): Promise<DiagnosticsPart[]> {
    if (chosen.length === 0) return []
    const parts = await diagnostics(caller)
    const absent = chosen.find((name) => !parts.some((part) => part.name === name))
    if (absent) throw forbidden('part_not_available', `You may not send the part ${absent}. Leave it out.`)
    return parts.filter(({ name }) => chosen.includes(name))
  }

  /** False when it is not sent, or not yet. */
  async function mailMessage(id: string, message: MailMessage): Promise<boolean> {
    const to = await recipient()
    if (to === null || !(await mail.isSetUp())) return false
    const work = mail.trySend(to, null, message).then(async (mail_error) => {
      await store.noteMailed(db, id, { mailed_at: mail_error === null ? isoNow(clock) : null, mail_error })
      return mail_error === null
    })
    const kept = work.catch((error: unknown) => log.error({ err: error }, 'the outcome of a mail could not be kept'))
    mailing.add(kept)
    void kept.finally(() => mailing.delete(kept))
    let stopWaiting = () => {}
    const patience = new Promise<false>((resolve) => (stopWaiting = clock.after(PATIENCE_MS, () => resolve(false))))
    return Promise.race([work, patience]).finally(stopWaiting)
  }

  return {
    ...settings,
    diagnostics: async (caller: Caller) => ({ parts: await diagnostics(caller) }),

    async send(
      caller: Caller,
      { subject, message, diagnostics: chosen = [] }: Input<typeof sendSupportMessage>['body'],
    ): Promise<Output<typeof sendSupportMessage>> {
      const parts = await partsFor(caller, chosen)
      const { user_id, email, organization_id } = caller
      const id = newId(clock.now())
      const created_at = isoNow(clock)
      const since = new Date(clock.now() - HOUR_MS).toISOString()
      await inTransaction(db, async (db) => {
        const organization_name = await store.findOrganizationName(db, organization_id)
        const row = { id, user_id, email, organization_name, subject, message, created_at }
        const kept = await store.insertMessage(
          db,
          { ...row, diagnostics: JSON.stringify(parts) },
          { most: MOST_AN_HOUR, since },
        )
        if (!kept) {
          throw tooMany('too_many_support_messages', `You wrote ${MOST_AN_HOUR} messages within an hour. Wait a while.`)
        }
        await audit(db, {
          ...byCaller(caller),
          action: 'support_message.created',
          subject: { type: 'support_message', id, name: subject },
          details: { diagnostics: parts.map(({ name }) => name) },
        })
      })
      publish({ organization_id, kind: 'support_message.created', stale: [listSupportMessages] })
      const text = [message, ...parts.map((part) => `--- ${part.name} ---\n${part.text}`)].join('\n\n')
      return { id, created_at, mailed: await mailMessage(id, { kind: 'support', from: email, subject, text }) }
    },

    async list(query: Input<typeof listSupportMessages>['query']): Promise<Output<typeof listSupportMessages>> {
      const limit = query.limit ?? 50
      const rows = await store.listMessages(db, { before: fromCursor(query.cursor), limit })
      const { items, next_cursor } = toPage(rows, limit)
      const shown = items.map((row) => ({ ...row, diagnostics: JSON.parse(row.diagnostics) as DiagnosticsPart[] }))
      return { items: shown, next_cursor }
    },

    async remove(caller: Caller, id: string): Promise<void> {
      await inTransaction(db, async (db) => {
        const gone = await store.deleteMessage(db, id)
        if (!gone) throw notFound('support_message_not_found', 'There is no such message.')
        await audit(db, {
          ...byCaller(caller),
          action: 'support_message.deleted',
          subject: { type: 'support_message', id, name: gone.subject },
        })
      })
      const { organization_id } = caller
      publish({ organization_id, kind: 'support_message.deleted', stale: [listSupportMessages] })
    },

    /** After the mails that are under way. */
    close: async () => void (await Promise.all(mailing)),
  }
}
export type SupportService = ReturnType<typeof createSupportService>
