import type { MfaRequired, SignInAnswer, Tokens } from '#contract/auth'
import type { Db } from './db/schema.ts'
import { readSetting } from './db/settings.ts'
import type { SignInPolicy } from '#contract/settings'

/** Where a sign-in comes from. `host` is the name in the address bar, without its port. */
export type Origin = { ip: string; user_agent: string | null; is_local: boolean; host: string }
export type Way = 'password' | 'totp' | 'recovery_code' | 'passkey' | 'github' | 'desktop' | 'registration' | 'set_up'

/** The last steps of every way in. Made by the auth feature. */
export type SignIn = {
  /** Opens a session. Join the transaction that proved who it is. Throws 401 for an account that is gone or suspended. */
  open: (db: Db, userId: string, origin: Origin, way: Way) => Promise<Tokens>
  /** The first factor is right: tokens, or the challenge of kind `mfa` for the second one. */
  firstFactorDone: (db: Db, userId: string, origin: Origin, way: Way) => Promise<SignInAnswer>
  /** A factor or a password changed: ends every other session of the person, in the database and what is open. Call it after commit. */
  endOthers: (userId: string, exceptSessionId: string | undefined, reason: string) => Promise<void>
}

/** Which second factors a person can answer with; none means that none is asked for. Made by the mfa feature. */
export type SecondFactors = { methods: (db: Db, userId: string) => Promise<MfaRequired['methods']> }

/** How organizations come to people. Made by the organizations feature; each call joins the transaction that it is given. */
export type Joining = {
  /** A new organization with its owner; answers its id. */
  createFor: (db: Db, owner: { id: string; email: string }, name: string) => Promise<string>
  /** What an invitation is to; undefined when it is unknown, used, revoked or expired. */
  findInvite: (db: Db, token: string) => Promise<{ organization_id: string; email: string | null } | undefined>
  /** Takes an invitation, with its rights and shares; answers the organization's id. Throws as `acceptInvite` does. */
  acceptInvite: (db: Db, token: string, user: { id: string; email: string }, ip: string) => Promise<string>
}

/** Makes accounts, for registration, OAuth and administrators. Made by the auth feature. */
export type Accounts = {
  /** The new id. With an invitation the person joins its organization, else gets one of their own. Throws 409 `email_taken`. */
  create: (
    db: Db,
    account: {
      email: string
      password_hash: string | null
      platform_role?: 'admin' | 'user'
      language?: 'en' | 'pt-BR' | null
      invite_token?: string | undefined
    },
    ip: string,
  ) => Promise<{ id: string; organization_id: string }>
  /** Checks a chosen password against the rules (400 `weak_password`) and hashes it, in turn with the sign-ins. Not in a transaction. */
  hashPassword: (password: string, email: string, ip: string) => Promise<string>
  /** A link with which somebody chooses a password: the address of the page, and the token's hash. Good once, for 30 minutes. */
  resetLink: (db: Db, userId: string, ip: string) => Promise<{ link: string; token_hash: string; expires_at: string }>
}

export const POLICY_SETTING = 'sign_in'
/** The name of the sealed client secret. */
export const GITHUB_SECRET = 'github.client_secret'
export const defaultPolicy: SignInPolicy = {
  registration: 'invited',
  require_mfa: false,
  github: { enabled: false, client_id: '', base_url: 'https://github.com', api_url: 'https://api.github.com' },
}
/** Who may come in, and how. Written by the settings feature under the same name. */
export const readPolicy = (db: Db): Promise<SignInPolicy> => readSetting(db, POLICY_SETTING, defaultPolicy)
