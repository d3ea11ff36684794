import type { Db } from './db/schema.ts'

export type ChallengeKind = 'reset' | 'mfa' | 'passkey_create' | 'passkey_sign_in' | 'oauth' | 'sign_in_code'
export type Challenge = { user_id: string | null; data: Record<string, unknown>; ip: string | null }

/** Things that are good once and for a short time. Made by the auth feature, and used by all that signs people in. */
export type Challenges = {
  /** Answers the token, which is kept as its hash only. */
  begin: (
    db: Db,
    challenge: { kind: ChallengeKind; user_id: string | null; data?: object; ip?: string | null; lifeMs: number },
  ) => Promise<string>
  /** Looks without taking; undefined when it is unknown, used, of another kind or expired. */
  find: (db: Db, kind: ChallengeKind, token: string) => Promise<Challenge | undefined>
  /** Takes it: of many at once exactly one gets it. */
  take: (db: Db, kind: ChallengeKind, token: string) => Promise<Challenge | undefined>
  /** Counts a wrong answer; after as many as are allowed the challenge is gone. */
  miss: (db: Db, kind: ChallengeKind, token: string, allowed: number) => Promise<void>
  /** Ends the open ones of a person. */
  end: (db: Db, userId: string, kind: ChallengeKind) => Promise<void>
}
