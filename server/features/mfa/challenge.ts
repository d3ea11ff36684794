import type { Tokens } from '#contract/auth'
import { inTransaction } from '#server/db/open'
import { unauthorized } from '#server/errors'
import type { Origin } from '#server/sign-in'
import type { Codes } from './codes.ts'
import type { MfaDeps, Told } from './deps.ts'
import { refused, wrongCode } from './proof.ts'
import { getPerson } from './rules.ts'
import type { Tries } from './tries.ts'

/** Wrong codes after which the password is asked for again. */
const MISSES = 10

export const challengeOver = () => unauthorized('challenge_expired', 'This took too long. Sign in again.')

/** The second step of a sign-in, with a code. */
export const createChallenge =
  ({ db, audit, challenges, signIn }: MfaDeps, codes: Codes, tries: Tries, told: Told) =>
  async (input: { challenge_token: string; code: string }, origin: Origin): Promise<Tokens> => {
    const userId = (await challenges.find(db, 'mfa', input.challenge_token))?.user_id
    if (!userId) throw challengeOver()
    tries.take(userId)
    const done = await inTransaction(db, async (db) => {
      const person = await getPerson(db, userId)
      const way = await codes.spend(db, userId, input.code)
      if (!way) {
        await challenges.miss(db, 'mfa', input.challenge_token, MISSES)
        const actor = { type: 'user' as const, id: userId, name: person.email }
        const who = { organization_id: person.default_organization_id, actor, ip: origin.ip }
        await audit(db, refused(who, 'wrong_code'))
        return undefined
      }
      if (!(await challenges.take(db, 'mfa', input.challenge_token))) throw challengeOver()
      return { person, way, tokens: await signIn.open(db, userId, origin, way) }
    })
    if (!done) throw unauthorized('wrong_code', wrongCode)
    if (done.way === 'recovery_code') told(done.person, 'recovery_code_used', origin.ip)
    return done.tokens
  }
