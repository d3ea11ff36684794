import { createHash, timingSafeEqual } from 'node:crypto'
import type { Me, SignInAnswer, Tokens } from '#contract/auth'
import type { Audit } from '#server/audit'
import type { Challenges } from '#server/challenges'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, forbidden, unauthorized } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Live } from '#server/live'
import type { Origin, SecondFactors, SignIn, Way } from '#server/sign-in'
import { newId, newSecret } from '#server/ids'
import { ACCESS_SECONDS, type AccessTokens } from './access-tokens.ts'
import type { Passwords } from './passwords.ts'
import type { Principals } from './principals.ts'
import * as store from './store.ts'

const REFRESH_MS = 30 * 24 * 3600 * 1000
/** Two tabs may send the same refresh token; the second within this time is not a thief. */
const OVERLAP_MS = 10_000
const CHALLENGE_MS = 5 * 60_000

type Deps = {
  db: Db
  clock: Clock
  tokens: AccessTokens
  passwords: Passwords
  principals: Principals
  audit: Audit
  live: Live
  challenges: Challenges
  secondFactors: SecondFactors
  /** The code that a first set-up from another machine must know. */
  bootstrapCode: string
  onBootstrap: (organizationId: string) => Promise<void>
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const sameText = (a: string, b: string) => timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)))
export const normalEmail = (email: string) => email.trim().toLowerCase()

export function createAuthService(deps: Deps) {
  const { db, clock, tokens, passwords, principals, audit } = deps
  let desktopSecret: string | undefined

  const answer = (sessionId: string, refresh_token: string): Tokens => ({
    access_token: tokens.issue(sessionId),
    refresh_token,
    expires_in: ACCESS_SECONDS,
    token_type: 'Bearer',
  })

  async function addRefreshToken(db: Db, session_id: string): Promise<string> {
    const token = newSecret()
    const now = clock.now()
    await store.insertRefreshToken(db, {
      token_hash: sha256(token),
      session_id,
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + REFRESH_MS).toISOString(),
      used_at: null,
      replaced_by: null,
    })
    return token
  }

  async function openSession(
    db: Db,
    user: { id: string; email: string; default_organization_id: string | null },
    origin: Origin,
    way: Way,
  ) {
    const id = newId(clock.now())
    const now = isoNow(clock)
    await store.insertSession(db, {
      id,
      user_id: user.id,
      ip: origin.ip,
      user_agent: origin.user_agent?.slice(0, 300) ?? null,
      created_at: now,
      last_used_at: now,
      revoked_at: null,
      revoked_reason: null,
    })
    const refresh_token = await addRefreshToken(db, id)
    await audit(db, {
      organization_id: user.default_organization_id,
      actor: { type: 'user', id: user.id, name: user.email },
      action: 'session.created',
      subject: { type: 'session', id, name: null },
      ip: origin.ip,
      details: { way },
    })
    await store.noteSignIn(db, user.id, now)
    return answer(id, refresh_token)
  }

  async function endSession(sessionId: string, reason: string) {
    await store.revokeSession(db, sessionId, isoNow(clock), reason)
    principals.forget()
    deps.live.endSession(sessionId)
  }

  const signIn: SignIn = {
    async open(db, userId, origin, way) {
      const user = await store.findActiveUser(db, userId)
      if (!user) throw unauthorized('wrong_credentials', 'This account is not open for signing in.')
      return openSession(db, user, origin, way)
    },
    async firstFactorDone(db, userId, origin, way) {
      const methods = await deps.secondFactors.methods(db, userId)
      if (methods.length === 0) return signIn.open(db, userId, origin, way)
      const challenge = { kind: 'mfa', user_id: userId, data: { way }, ip: origin.ip, lifeMs: CHALLENGE_MS } as const
      const challenge_token = await deps.challenges.begin(db, challenge)
      return { mfa_required: true, challenge_token, expires_in: CHALLENGE_MS / 1000, methods }
    },
    async endOthers(userId, exceptSessionId, reason) {
      await store.revokeSessionsOf(db, userId, exceptSessionId, isoNow(clock), reason)
      await inTransaction(db, (db) => deps.challenges.end(db, userId, 'mfa'))
      deps.live.endUser(userId, exceptSessionId)
    },
  }

  const service = {
    signIn,

    async bootstrapStatus(origin: Pick<Origin, 'is_local'>) {
      const needs_bootstrap = !(await store.anyUser(db))
      return { needs_bootstrap, needs_code: needs_bootstrap && !origin.is_local }
    },

    async bootstrap(
      input: { email: string; password: string; organization_name?: string; code?: string },
      origin: Origin,
    ): Promise<Tokens> {
      if (await store.anyUser(db)) {
        throw conflict('already_set_up', 'This server already has an administrator. Sign in instead.')
      }
      if (!origin.is_local && !sameText(input.code ?? '', deps.bootstrapCode)) {
        throw forbidden('wrong_code', 'Enter the set-up code that the server printed when it started.')
      }
      const password_hash = await passwords.hash(input.password)
      const now = isoNow(clock)
      const organization = {
        id: newId(clock.now()),
        name: input.organization_name?.trim() || 'Home',
        slug: 'home',
        created_at: now,
      }
      const user = {
        id: newId(clock.now()),
        email: normalEmail(input.email),
        password_hash,
        platform_role: 'admin' as const,
        default_organization_id: organization.id,
        suspended_at: null,
        created_at: now,
        updated_at: now,
      }
      const made = await inTransaction(db, async (db) => {
        if (await store.anyUser(db)) {
          throw conflict('already_set_up', 'This server already has an administrator. Sign in instead.')
        }
        await store.insertOrganization(db, organization)
        await store.insertUser(db, user)
        await store.insertMembership(db, {
          organization_id: organization.id,
          user_id: user.id,
          role: 'owner',
          created_at: now,
        })
        await audit(db, {
          organization_id: organization.id,
          actor: { type: 'user', id: user.id, name: user.email },
          action: 'platform.bootstrapped',
          subject: { type: 'organization', id: organization.id, name: organization.name },
          ip: origin.ip,
        })
        return openSession(db, user, origin, 'set_up')
      })
      await deps.onBootstrap(organization.id)
      return made
    },

    async login(input: { email: string; password: string }, origin: Origin): Promise<SignInAnswer> {
      const email = normalEmail(input.email)
      const user = await store.findUserByEmail(db, email)
      const matches = await passwords.verify(user?.password_hash, input.password)
      if (!user || !matches || user.suspended_at !== null) {
        await audit(db, {
          organization_id: user?.default_organization_id ?? null,
          actor: { type: 'user', id: user?.id ?? null, name: email },
          action: 'session.refused',
          subject: { type: 'user', id: user?.id ?? null, name: email },
          ip: origin.ip,
          outcome: 'refused',
        })
        throw unauthorized('wrong_credentials', 'The e-mail address or the password is wrong.')
      }
      return inTransaction(db, (db) => signIn.firstFactorDone(db, user.id, origin, 'password'))
    },

    async refresh(token: string): Promise<Tokens> {
      const expired = unauthorized('session_ended', 'Your session has ended. Sign in again.')
      const hash = sha256(token)
      const found = await store.findRefreshToken(db, hash)
      if (!found || found.revoked_at !== null || found.suspended_at !== null || found.expires_at <= isoNow(clock)) {
        throw expired
      }
      const isOverlap = found.used_at !== null && clock.now() - Date.parse(found.used_at) <= OVERLAP_MS
      if (found.used_at !== null && !(isOverlap && (await replacementUnspent(found.replaced_by)))) {
        await endSession(found.session_id, 'refresh_token_reused')
        throw expired
      }
      return inTransaction(db, async (db) => {
        const next = await addRefreshToken(db, found.session_id)
        const spent = await store.spendRefreshToken(db, hash, isoNow(clock), sha256(next))
        if (!spent) await store.moveReplacement(db, hash, sha256(next))
        await store.touchSession(db, found.session_id, isoNow(clock))
        return answer(found.session_id, next)
      })
    },

    async logout(caller: Caller): Promise<void> {
      await inTransaction(db, async (db) => {
        await store.revokeSession(db, caller.session_id, isoNow(clock), 'logout')
        await audit(db, {
          organization_id: caller.organization_id || null,
          actor: { type: 'user', id: caller.user_id, name: caller.email },
          action: 'session.ended',
          subject: { type: 'session', id: caller.session_id, name: null },
          ip: caller.ip,
        })
      })
      principals.forget()
      deps.live.endSession(caller.session_id)
    },

    async me(caller: Caller): Promise<Me> {
      const find = caller.credential === 'token' ? store.findTokenPrincipal : store.findPrincipal
      const found = await find(db, caller.session_id, caller.organization_id || undefined)
      if (!found) throw unauthorized('unauthorized', 'Sign in first.')
      return {
        id: found.user_id,
        email: found.email,
        platform_role: found.platform_role,
        organization:
          found.organization_id && found.role && found.organization_name !== null
            ? { id: found.organization_id, name: found.organization_name, role: found.role }
            : null,
        permissions: [...caller.permissions],
        everywhere: [...caller.everywhere],
        mfa_enabled: Boolean(found.mfa_enabled),
        must_enroll_mfa: caller.must_enroll_mfa,
        has_password: Boolean(found.has_password),
        language: found.language,
        theme: found.theme,
        created_at: found.created_at,
      }
    },

    /** An access token for a person, without a password: the desktop's owner, and tests. */
    async openSessionFor(userId: string): Promise<string> {
      const user = await store.getUser(db, userId)
      const { access_token } = await inTransaction(db, (db) =>
        openSession(db, user, { ip: '127.0.0.1', user_agent: null, is_local: true, host: 'localhost' }, 'password'),
      )
      return access_token
    },

    /** Makes the secret with which the desktop window signs its owner in; good once. */
    issueDesktopSecret: () => (desktopSecret = newSecret()),

    async desktopLogin(secret: string, origin: Origin): Promise<Tokens> {
      const refused = forbidden('wrong_secret', 'The desktop app could not sign you in. Sign in with your password.')
      const expected = desktopSecret
      if (!origin.is_local || expected === undefined || !sameText(secret, expected)) throw refused
      desktopSecret = undefined
      const owner = await store.findOwner(db)
      if (!owner) throw refused
      return inTransaction(db, (db) => openSession(db, owner, origin, 'desktop'))
    },

    /** Spent tokens are kept until they expire, so that their reuse is noticed. */
    forgetExpired: () => store.deleteExpiredRefreshTokens(db, isoNow(clock)),
  }

  async function replacementUnspent(hash: string | null): Promise<boolean> {
    if (!hash) return false
    const replacement = await store.findRefreshToken(db, hash)
    return replacement !== undefined && replacement.used_at === null
  }

  return service
}
export type AuthService = ReturnType<typeof createAuthService>
