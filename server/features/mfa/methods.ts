import type { MfaRequired } from '#contract/auth'
import type { SecondFactors } from '#server/sign-in'
import { findFactors } from './store.ts'

/** Recovery codes stand in for another factor that was lost; alone they are none. */
export const secondFactors: SecondFactors = {
  async methods(db, userId) {
    const { totp, passkeys, recoveryCodes } = await findFactors(db, userId)
    const methods: MfaRequired['methods'] = []
    if (totp) methods.push('totp')
    if (passkeys > 0) methods.push('passkey')
    if (methods.length > 0 && recoveryCodes > 0) methods.push('recovery_code')
    return methods
  },
}
