import type { MfaStatus } from '#contract/mfa'
import { byCaller } from '#server/audit'
import { inTransaction } from '#server/db/open'
import { conflict, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { readPolicy } from '#server/sign-in'
import { createChallenge } from './challenge.ts'
import { createCodes } from './codes.ts'
import type { MfaDeps, Told } from './deps.ts'
import { createPasskeySignIn } from './passkey-sign-in.ts'
import { createPasskeys } from './passkeys.ts'
import { createProof } from './proof.ts'
import { assertMayKeepOnly, getPerson } from './rules.ts'
import * as store from './store.ts'
import { createTries } from './tries.ts'

const notEnabled = () => conflict('mfa_not_enabled', 'No second factor is set up.')

export function createMfaService(deps: MfaDeps) {
  const { db, clock, audit, signIn } = deps
  const codes = createCodes(deps)
  const tries = createTries(clock)
  const proven = createProof(deps, tries)
  // A mail server may take its time; nobody waits for it.
  const told: Told = (person, what, ip) =>
    void deps.mail.send(person.email, person.language, { kind: 'factor_changed', what, ip })
  const mine = (caller: Caller) => ({ type: 'user', id: caller.user_id, name: caller.email })

  return {
    passkeys: createPasskeys(deps, codes, told),
    passkeySignIn: createPasskeySignIn(deps),
    challenge: createChallenge(deps, codes, tries, told),

    async status(caller: Caller): Promise<MfaStatus> {
      const { totp, passkeys, recoveryCodes } = await store.findFactors(db, caller.user_id)
      const { require_mfa } = await readPolicy(db)
      const enabled = totp || passkeys > 0
      return { enabled, totp, passkeys, recovery_codes_left: recoveryCodes, required: require_mfa }
    },

    async enroll(caller: Caller) {
      return inTransaction(db, async (db) => {
        const begun = await codes.begin(db, await getPerson(db, caller.user_id))
        if (!begun) throw conflict('already_enrolled', 'An authenticator app is set up already. Switch it off first.')
        await audit(db, { ...byCaller(caller), action: 'mfa.enrollment_begun', subject: mine(caller) })
        return begun
      })
    },

    async verify(caller: Caller, code: string): Promise<string[]> {
      const totp = await store.findTotp(db, caller.user_id)
      if (!totp) throw conflict('not_enrolled', 'Begin with a new authenticator app first.')
      if (totp.verified_at !== null) throw conflict('already_enrolled', 'The authenticator app is set up already.')
      const made = await proven(
        caller,
        async (db) => (await codes.verify(db, totp, code)) || undefined,
        async (db) => {
          await audit(db, { ...byCaller(caller), action: 'mfa.enabled', subject: mine(caller) })
          return { person: await getPerson(db, caller.user_id), recovery_codes: await codes.renew(db, caller.user_id) }
        },
      )
      await signIn.endOthers(caller.user_id, caller.session_id, 'factor_changed')
      told(made.person, 'totp_added', caller.ip)
      return made.recovery_codes
    },

    async disable(caller: Caller, code: string): Promise<void> {
      const had = await store.findFactors(db, caller.user_id)
      if (!had.totp && had.passkeys === 0) throw notEnabled()
      const person = await getPerson(db, caller.user_id)
      const none = { totp: false, passkeys: 0 }
      await assertMayKeepOnly(db, person, had, none)
      await proven(
        caller,
        (db) => codes.spend(db, caller.user_id, code),
        async (db) => {
          await assertMayKeepOnly(db, person, had, none)
          await store.deleteFactors(db, caller.user_id)
          await audit(db, { ...byCaller(caller), action: 'mfa.disabled', subject: mine(caller) })
        },
      )
      await signIn.endOthers(caller.user_id, caller.session_id, 'factor_changed')
      told(person, 'factors_removed', caller.ip)
    },

    async regenerate(caller: Caller, code: string): Promise<string[]> {
      const had = await store.findFactors(db, caller.user_id)
      if (!had.totp && had.passkeys === 0) throw notEnabled()
      const made = await proven(
        caller,
        (db) => codes.spend(db, caller.user_id, code),
        async (db, way) => {
          const recovery_codes = await codes.renew(db, caller.user_id)
          await audit(db, { ...byCaller(caller), action: 'mfa.recovery_codes_made', subject: mine(caller) })
          return { way, recovery_codes, person: await getPerson(db, caller.user_id) }
        },
      )
      if (made.way === 'recovery_code') told(made.person, 'recovery_code_used', caller.ip)
      return made.recovery_codes
    },

    /** Takes every factor of somebody who lost them; for administrators. */
    async reset(caller: Caller, userId: string): Promise<void> {
      const person = await inTransaction(db, async (db) => {
        const found = await store.findPerson(db, userId)
        if (!found) throw notFound('user_not_found', 'There is no such user.')
        await store.deleteFactors(db, userId)
        await audit(db, {
          ...byCaller(caller),
          action: 'mfa.reset',
          subject: { type: 'user', id: userId, name: found.email },
        })
        return found
      })
      await signIn.endOthers(userId, caller.user_id === userId ? caller.session_id : undefined, 'factors_reset')
      told(person, 'factors_removed', caller.ip)
    },
  }
}
export type MfaService = ReturnType<typeof createMfaService>
