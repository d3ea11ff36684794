import { createSigner, createVerifier } from 'fast-jwt'
import type { Clock } from '#server/clock'

export const ACCESS_SECONDS = 900
const issuer = 'shardlyn'
const audience = 'shardlyn-api'
const MAX_KNOWN = 5000

export type AccessClaims = { session_id: string; expires: number }

/** Base64 has several spellings of the same bytes; we write one, and read one. */
const isCanonical = (token: string) => {
  const parts = token.split('.')
  return parts.length === 3 && parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
}

/** Signed access tokens (HS256 only). A verified token is remembered, so that its signature is checked once. */
export function createAccessTokens(key: string, clock: Clock) {
  const sign = createSigner({ key, algorithm: 'HS256', iss: issuer, aud: audience })
  const verify = createVerifier({
    key,
    algorithms: ['HS256'],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ['iss', 'aud', 'sid', 'typ', 'iat', 'exp'],
    checkTyp: 'JWT',
    // Time is asked of our own clock.
    ignoreExpiration: true,
    ignoreNotBefore: true,
    cache: false,
  })
  const known = new Map<string, AccessClaims>()

  return {
    issue(session_id: string): string {
      const now = Math.floor(clock.now() / 1000)
      return sign({ sid: session_id, typ: 'access', iat: now, exp: now + ACCESS_SECONDS })
    },
    /** The session of a token, or undefined when it is forged, expired or of another kind. */
    read(token: string): AccessClaims | undefined {
      let claims = known.get(token)
      if (!claims) {
        if (token.length > 2048 || !isCanonical(token)) return undefined
        try {
          const { sid, typ, exp, nbf = 0 } = verify(token) as Record<string, unknown>
          if (typeof sid !== 'string' || typ !== 'access' || typeof exp !== 'number') return undefined
          if (typeof nbf !== 'number' || nbf * 1000 > clock.now()) return undefined
          claims = { session_id: sid, expires: exp * 1000 }
        } catch {
          return undefined
        }
        if (known.size >= MAX_KNOWN) known.clear()
        known.set(token, claims)
      }
      if (claims.expires > clock.now()) return claims
      known.delete(token)
      return undefined
    },
  }
}
export type AccessTokens = ReturnType<typeof createAccessTokens>
