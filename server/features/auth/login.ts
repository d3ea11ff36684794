import type { SignInAnswer } from '#contract/auth'
import type { AuditEntry } from '#server/audit'
import { inTransaction } from '#server/db/open'
import { AppError, unauthorized } from '#server/errors'
import type { Origin } from '#server/sign-in'
import { type Deps, normalEmail } from './deps.ts'
import type { Attempt, Lockout } from './lockout.ts'
import { networkOf } from './networks.ts'
import type { Refusals } from './refusals.ts'
import type { Sessions } from './sessions/sessions.ts'
import { hasSignedInFrom } from './sessions/store.ts'
import * as store from './store.ts'

const KNOWN_MS = 30 * 24 * 3600 * 1000

const wrong = () => unauthorized('wrong_credentials', 'The e-mail address or the password is wrong.')

type User = Awaited<ReturnType<typeof store.findUserByEmail>>

/** Asks for a password: who guesses is slowed down, and who was here before is not kept waiting by those who guess. */
export function createPasswordCheck({ db, clock, passwords }: Deps, lockout: Lockout) {
  /**
   * Somebody who signed in from this address lately has a count of their own, so that a stranger beside them in the network cannot
   * shut them out.
   */
  async function placeOf(userId: string | undefined, ip: string) {
    const since = new Date(clock.now() - KNOWN_MS).toISOString()
    const isKnown = await hasSignedInFrom(db, userId ?? '', ip, since)
    return { isKnown, place: isKnown ? ip : networkOf(ip) }
  }

  return {
    /** Whether it is right. Throws 429 when it is too early or too busy. */
    async check(email: string, user: User, password: string, ip: string): Promise<boolean> {
      const { isKnown, place } = await placeOf(user?.id, ip)
      const attempt: Attempt = lockout.begin(email, place)
      try {
        const matches = await passwords.verify(user?.password_hash, password, { ip, isKnown })
        if (matches && user?.suspended_at === null) attempt.succeeded()
        else attempt.failed()
        return matches
      } catch (error) {
        attempt.cancelled()
        throw error
      }
    },
    /** The owner of an account chose a new password here. */
    async forgive(userId: string, email: string, ip: string): Promise<void> {
      lockout.forget(email, (await placeOf(userId, ip)).place)
    },
  }
}
export type PasswordCheck = ReturnType<typeof createPasswordCheck>

/** Signing in with a password. Unknown accounts take the same time and get the same words. */
export function createLogin(
  deps: Deps,
  {
    passwordCheck,
    sessions,
    refusals,
  }: {
    passwordCheck: PasswordCheck
    sessions: Sessions
    refusals: Refusals
  },
) {
  const { db } = deps

  const refusal = (email: string, user: User, ip: string, reason: string): AuditEntry => {
    // What is no address may be a password in the wrong field.
    const name = user?.email ?? (email.includes('@') ? email : null)
    return {
      organization_id: user?.default_organization_id ?? null,
      actor: { type: 'user', id: user?.id ?? null, name },
      action: 'session.refused',
      subject: { type: 'user', id: user?.id ?? null, name },
      ip,
      outcome: 'refused',
      reason,
    }
  }

  return async function login(input: { email: string; password: string }, origin: Origin): Promise<SignInAnswer> {
    const email = normalEmail(input.email)
    const user = await store.findUserByEmail(db, email)
    const refuse = (reason: string) => refusals.write(refusal(email, user, origin.ip, reason))

    let matches: boolean
    try {
      matches = await passwordCheck.check(email, user, input.password, origin.ip)
    } catch (error) {
      if (error instanceof AppError) {
        // Made-up addresses are counted together, or each of them would be a row.
        const key = `${error.code} ${user ? email : ''} ${networkOf(origin.ip)}`
        await refusals.count(key, refusal(user ? email : '', user, origin.ip, error.code))
      }
      throw error
    }
    if (!user || !matches || user.suspended_at !== null) {
      await refuse(!user ? 'unknown_account' : matches ? 'suspended' : 'wrong_password')
      throw wrong()
    }
    const answer = await inTransaction(db, async (db) => {
      // The password may have been changed, or the account suspended, while it was hashed.
      const now = await store.findActiveUser(db, user.id)
      if (now?.password_hash !== user.password_hash) return undefined
      return sessions.signIn.firstFactorDone(db, user.id, origin, 'password')
    })
    if (!answer) {
      await refuse('account_changed')
      throw wrong()
    }
    return answer
  }
}
