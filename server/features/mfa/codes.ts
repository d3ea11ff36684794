import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts'
import * as store from './store.ts'
import { newTotpSecret, otpauthUri, stepOf } from './totp.ts'

const placeOf = (userId: string) => `mfa_totp/${userId}/sealed_secret`

/** Codes of people: where the secrets are opened, and where a code that was used is used up. */
export function createCodes({ clock, seal, recoveryKey }: { clock: Clock; seal: Seal; recoveryKey: string }) {
  const hash = (userId: string, code: string) => recoveryCodeHash(recoveryKey, userId, code)
  const step = ({ user_id, sealed_secret }: store.MfaTotpTable, code: string) =>
    stepOf(seal.open(placeOf(user_id), sealed_secret), code, clock.now())

  return {
    /** Begins an enrollment; undefined when an authenticator app is enrolled already. */
    async begin(db: Db, { id, email }: { id: string; email: string }) {
      const secret = newTotpSecret()
      const sealed_secret = seal.seal(placeOf(id), secret)
      const row = { user_id: id, sealed_secret, verified_at: null, last_step: null, created_at: isoNow(clock) }
      return (await store.beginTotp(db, row)) && { secret, otpauth_uri: otpauthUri(email, secret) }
    },

    /** Ends the enrollment with its first code. False for a wrong code. */
    async verify(db: Db, totp: store.MfaTotpTable, code: string): Promise<boolean> {
      const used = step(totp, code)
      return used !== undefined && (await store.verifyTotp(db, totp, used, isoNow(clock))) !== undefined
    },

    /** Uses a code up; undefined when it is wrong or was used before. Join the transaction of what it is for. */
    async spend(db: Db, userId: string, code: string): Promise<'totp' | 'recovery_code' | undefined> {
      if (/^[0-9]{6}$/.test(code)) {
        const totp = await store.findTotp(db, userId)
        if (!totp || totp.verified_at === null) return undefined
        const used = step(totp, code)
        return used !== undefined && (await store.spendStep(db, totp, used)) ? 'totp' : undefined
      }
      return (await store.spendRecoveryCode(db, userId, hash(userId, code), isoNow(clock)))
        ? 'recovery_code'
        : undefined
    },

    /** Ten new recovery codes in place of all older ones. */
    async renew(db: Db, userId: string): Promise<string[]> {
      const codes = newRecoveryCodes()
      await store.deleteRecoveryCodes(db, userId)
      await store.insertRecoveryCodes(
        db,
        userId,
        codes.map((code) => hash(userId, code)),
      )
      return codes
    },
  }
}
export type Codes = ReturnType<typeof createCodes>
