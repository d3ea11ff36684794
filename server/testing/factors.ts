import { generateSync } from 'otplib'
import { bootstrap, login, type MfaRequired } from '#contract/auth'
import { enrollMfa, verifyMfa } from '#contract/mfa'
import { type TestApp, testApp } from './app.ts'
import { fakeClock } from './clock.ts'

export const person = { email: 'ana@example.com', password: 'correct horse' }
export const STEP_MS = 30_000
export const MINUTE_MS = 60_000

/** The code that an authenticator app shows at a time. */
export const codeAt = (secret: string, ms: number) => generateSync({ secret, epoch: Math.floor(ms / 1000) })

/** A control plane whose clock stands still, with Ana signed in. */
export async function withAna() {
  const clock = fakeClock()
  const app = await testApp({ clock })
  const { access_token: token } = (await app.call(bootstrap, { body: person })).json()
  return {
    clock,
    app,
    token: token as string,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

/** Turns an authenticator app on; afterwards a minute has gone by, so that no try and no code of it is left over. */
export async function enrolled(app: TestApp, clock: ReturnType<typeof fakeClock>, token: string) {
  const { secret } = (await app.call(enrollMfa, {}, { token })).json()
  const verified = await app.call(verifyMfa, { body: { code: codeAt(secret, clock.now()) } }, { token })
  clock.advance(MINUTE_MS)
  return {
    secret: secret as string,
    recoveryCodes: verified.json().recovery_codes as string[],
    code: (offsetMs = 0) => codeAt(secret as string, clock.now() + offsetMs),
  }
}

/** Signs Ana in with her password; the answer asks for the second factor. */
export async function passwordOnly(app: TestApp): Promise<MfaRequired> {
  return (await app.call(login, { body: person })).json() as MfaRequired
}
