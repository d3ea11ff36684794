import { generateSecret, generateURI, verifySync } from 'otplib'

/** What every authenticator app understands: HMAC-SHA-1, six digits, thirty seconds. */
const PERIOD_S = 30

export const newTotpSecret = (): string => generateSecret({ length: 20 })

export const otpauthUri = (email: string, secret: string): string =>
  generateURI({ strategy: 'totp', issuer: 'Shardlyn', label: email, secret })

/** The time step that a code belongs to: the current one or a neighbour, because clocks differ. Undefined for a wrong code. */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const result = verifySync({
    strategy: 'totp',
    secret,
    token: code,
    epoch: Math.floor(now / 1000),
    period: PERIOD_S,
    epochTolerance: PERIOD_S,
  })
  return result.valid && 'timeStep' in result ? result.timeStep : undefined
}
