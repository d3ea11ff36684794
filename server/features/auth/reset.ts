import { createHash } from 'node:crypto'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, invalid } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { createRateLimiter } from '#server/http/rate-limit'
import type { Accounts, Origin } from '#server/sign-in'
import { type Deps, normalEmail } from './deps.ts'
import type { PasswordCheck } from './login.ts'
import { assertGoodPassword } from './password-rules.ts'
import type { Sessions } from './sessions/sessions.ts'
import * as store from './store.ts'

const LINK_MINUTES = 30
/** Mails that one account can be sent, whoever asks for them. */
const mailRate = { perSecond: 5 / 3600, burst: 5 }

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

type Parts = { sessions: Sessions; passwordCheck: PasswordCheck }

/** Choosing a new password: with a link by who forgot it, or with the old one. */
export function createReset(deps: Deps, { sessions, passwordCheck }: Parts) {
  const { db, clock, audit, challenges, mail, live, log } = deps
  const limiter = createRateLimiter(clock)
  const underWay = new Set<Promise<void>>()

  /** After the answer, so that it tells by its time nothing of what is done. */
  function later(work: () => Promise<unknown>): void {
    const done: Promise<void> = new Promise((resolve) => setImmediate(resolve))
      .then(work)
      .then(() => {})
      .catch((error: unknown) => log.error({ err: error }, 'what follows a request for a new password failed'))
      .finally(() => underWay.delete(done))
    underWay.add(done)
  }

  /** Whoever holds a link or a session comes before strangers. */
  async function hashNew(password: string, { email }: store.User, ip: string): Promise<string> {
    await assertGoodPassword(password, email)
    return deps.passwords.hash(password, { ip, isKnown: true })
  }

  async function endLinks(db: Db, userId: string): Promise<void> {
    for (const hash of await store.listChallengeHashes(db, userId, 'reset')) await mail.forgetLink(db, hash)
    await challenges.end(db, userId, 'reset')
  }

  const resetLink: Accounts['resetLink'] = async (db, userId, ip) => {
    await endLinks(db, userId)
    const lifeMs = LINK_MINUTES * 60_000
    const token = await challenges.begin(db, { kind: 'reset', user_id: userId, ip, lifeMs })
    // In the fragment, which no server, proxy or referrer gets to see.
    return {
      link: `${deps.baseUrl()}/reset-password#token=${token}`,
      token_hash: sha256(token),
      expires_at: new Date(clock.now() + lifeMs).toISOString(),
    }
  }

  async function sendLink(email: string, { ip }: Origin): Promise<void> {
    const user = await store.findUserByEmail(db, email)
    if (!user || user.suspended_at !== null || !limiter.take(user.id, mailRate).allowed) return
    const made = await inTransaction(db, async (db) => {
      const made = await resetLink(db, user.id, ip)
      await audit(db, {
        organization_id: user.default_organization_id,
        actor: { type: 'user', id: null, name: null },
        action: 'password.reset_requested',
        subject: { type: 'user', id: user.id, name: user.email },
        ip,
      })
      return made
    })
    const message = { kind: 'password_reset', link: made.link, minutes: LINK_MINUTES, ip } as const
    if ((await mail.isSetUp()) && (await mail.send(user.email, user.language, message))) return
    const { link, token_hash, expires_at } = made
    await inTransaction(db, (db) =>
      mail.keepLink(db, { kind: 'password_reset', email: user.email, link, token_hash, expires_at }),
    )
  }

  /** Everything that follows from a new password, in one transaction; undefined when the old one has changed meanwhile. */
  async function change(
    db: Db,
    user: { id: string; email: string; password_hash: string | null },
    password_hash: string,
    exceptSessionId: string | undefined,
  ) {
    if (!(await store.setPassword(db, user.id, user.password_hash, password_hash, isoNow(clock)))) return undefined
    await endLinks(db, user.id)
    return { sessions_ended: await sessions.endAll(db, user.id, exceptSessionId, 'password_changed') }
  }

  function afterChange(user: store.User, ip: string, exceptSessionId?: string): void {
    live.endUser(user.id, exceptSessionId)
    later(async () => {
      await passwordCheck.forgive(user.id, user.email, ip)
      await mail.send(user.email, user.language, { kind: 'password_changed', ip })
    })
  }

  return {
    resetLink,

    async forgot(email: string, origin: Origin): Promise<{ mail: boolean }> {
      later(() => sendLink(normalEmail(email), origin))
      return { mail: await mail.isSetUp() }
    },

    async reset(input: { token: string; new_password: string }, origin: Origin): Promise<void> {
      const gone = invalid('reset_link_invalid', 'This link was used already or is too old. Ask for a new one.')
      const challenge = await challenges.find(db, 'reset', input.token)
      const user = challenge?.user_id ? await store.findActiveUser(db, challenge.user_id) : undefined
      if (!user) throw gone
      const password_hash = await hashNew(input.new_password, user, origin.ip)
      await inTransaction(db, async (db) => {
        if (!(await challenges.take(db, 'reset', input.token))) throw gone
        const details = await change(db, user, password_hash, undefined)
        if (!details) throw gone
        await audit(db, {
          organization_id: user.default_organization_id,
          actor: { type: 'user', id: user.id, name: user.email },
          action: 'password.reset',
          subject: { type: 'user', id: user.id, name: user.email },
          ip: origin.ip,
          details,
        })
        await mail.forgetLink(db, sha256(input.token))
      })
      afterChange(user, origin.ip)
    },

    async update(caller: Caller, input: { current_password?: string; new_password: string }): Promise<void> {
      const user = await store.getUser(db, caller.user_id)
      if (user.password_hash !== null) {
        if (input.current_password === undefined) {
          throw invalid('current_password_needed', 'Enter your current password too.')
        }
        if (!(await passwordCheck.check(user.email, user, input.current_password, caller.ip))) {
          const subject = { type: 'user', id: user.id, name: user.email }
          const refused = { action: 'password.changed', subject, outcome: 'refused', reason: 'wrong_password' } as const
          await audit(db, { ...byCaller(caller), ...refused })
          throw invalid('wrong_password', 'Your current password is not right.')
        }
      }
      const password_hash = await hashNew(input.new_password, user, caller.ip)
      await inTransaction(db, async (db) => {
        const details = await change(db, user, password_hash, caller.session_id)
        if (!details) throw conflict('password_changed_meanwhile', 'Your password was changed elsewhere just now.')
        const subject = { type: 'user', id: user.id, name: user.email }
        await audit(db, { ...byCaller(caller), action: 'password.changed', subject, details })
      })
      afterChange(user, caller.ip, caller.session_id)
    },

    /** Until mails and links that were asked for are on their way. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
