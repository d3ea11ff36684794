import { generateAuthenticationOptions } from '@simplewebauthn/server'
import type { Tokens } from '#contract/auth'
import type { AuditEntry } from '#server/audit'
import type { Challenge } from '#server/challenges'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { conflict, unauthorized } from '#server/errors'
import type { Origin } from '#server/sign-in'
import { challengeOver } from './challenge.ts'
import type { MfaDeps } from './deps.ts'
import { refused } from './proof.ts'
import { getPerson } from './rules.ts'
import { assertName, type Site } from './site.ts'
import * as store from './store.ts'
import { readAssertion, type WebAuthnAnswer } from './webauthn.ts'

const LIFE_MS = 5 * 60_000
const refusal = () =>
  unauthorized('passkey_refused', 'This passkey does not sign you in here. Try again or use another way.')

/** Signing in with a passkey: alone, where it must verify its user, or as the second factor after a password. */
export function createPasskeySignIn({ db, clock, audit, seal, challenges, signIn }: MfaDeps) {
  const placeOf = (userId: string) => `challenges/${userId}/mfa_token`

  /** The challenge of the first factor, which is taken only when all is well. */
  const mfaTokenOf = ({ user_id, data }: Challenge) =>
    user_id !== null && typeof data['mfa'] === 'string' ? seal.open(placeOf(user_id), data['mfa']) : undefined

  async function note(userId: string, origin: Origin, reason: string) {
    const person = await getPerson(db, userId)
    const actor: AuditEntry['actor'] = { type: 'user', id: userId, name: person.email }
    await audit(db, refused({ organization_id: person.default_organization_id, actor, ip: origin.ip }, reason))
  }

  return {
    async begin(mfaToken: string | undefined, site: Site, origin: Origin) {
      assertName(site)
      const first = mfaToken === undefined ? undefined : await challenges.find(db, 'mfa', mfaToken)
      if (mfaToken !== undefined && !first?.user_id) throw challengeOver()
      const userId = first?.user_id ?? null
      const mine = userId === null ? [] : await store.listPasskeys(db, userId)
      const here = mine.filter(({ rp_id }) => rp_id === site.host)
      if (userId !== null && here.length === 0) {
        throw conflict('no_passkey_here', 'None of your passkeys is for this address. Use another way.')
      }
      const options = await generateAuthenticationOptions({
        rpID: site.host,
        timeout: LIFE_MS,
        userVerification: userId === null ? 'required' : 'preferred',
        allowCredentials: here.map(({ credential_id: id, transports }) => ({
          id,
          transports: JSON.parse(transports) as string[],
        })),
      })
      const challenge_token = await challenges.begin(db, {
        kind: 'passkey_sign_in',
        user_id: userId,
        data: {
          challenge: options.challenge,
          rp_id: site.host,
          ...(userId !== null && mfaToken !== undefined && { mfa: seal.seal(placeOf(userId), mfaToken) }),
        },
        ip: origin.ip,
        lifeMs: LIFE_MS,
      })
      return { challenge_token, options: { ...options } }
    },

    async finish(
      input: { challenge_token: string; response: WebAuthnAnswer },
      site: Site,
      origin: Origin,
    ): Promise<Tokens> {
      const challenge = await challenges.take(db, 'passkey_sign_in', input.challenge_token)
      if (!challenge) throw challengeOver()
      const { id } = input.response
      const passkey = typeof id === 'string' ? await store.findPasskey(db, id) : undefined
      const isTheirs = challenge.user_id === null || passkey?.user_id === challenge.user_id
      if (!passkey || !isTheirs || passkey.rp_id !== site.host || challenge.data['rp_id'] !== site.host) {
        if (challenge.user_id !== null) await note(challenge.user_id, origin, 'foreign_passkey')
        throw refusal()
      }
      const expected = { challenge: String(challenge.data['challenge']), origin: site.origin, rpId: site.host }
      const counter = await readAssertion(input.response, passkey, expected, challenge.user_id === null)
      if (counter === undefined) {
        await note(passkey.user_id, origin, 'wrong_passkey')
        throw refusal()
      }
      const mfaToken = mfaTokenOf(challenge)
      return inTransaction(db, async (db) => {
        if (!(await store.usePasskey(db, passkey, counter, isoNow(clock)))) throw refusal()
        if (mfaToken !== undefined && !(await challenges.take(db, 'mfa', mfaToken))) throw challengeOver()
        return signIn.open(db, passkey.user_id, origin, 'passkey')
      })
    },
  }
}
