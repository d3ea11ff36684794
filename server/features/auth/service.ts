import type { Me } from '#contract/auth'
import { isoNow } from '#server/clock'
import { unauthorized } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Accounts } from '#server/sign-in'
import type { Deps } from './deps.ts'
import { createLockout } from './lockout.ts'
import { createLogin, createPasswordCheck } from './login.ts'
import { createRefusals } from './refusals.ts'
import { createAccounts, createRegistration } from './registration.ts'
import { createReset } from './reset.ts'
import { createRefresh } from './sessions/refresh.ts'
import { createSessions } from './sessions/sessions.ts'
import { deleteExpiredRefreshTokens } from './sessions/store.ts'
import { createSetUp } from './set-up.ts'
import * as store from './store.ts'

/** Who somebody is: accounts, passwords and sessions. */
export function createAuthService(deps: Deps) {
  const { db, clock } = deps
  const { refresh, begin } = createRefresh(deps)
  const sessions = createSessions(deps, { refresh, begin })
  const made = createAccounts(deps)
  const { hashPassword } = made
  const passwordCheck = createPasswordCheck(deps, createLockout(clock))
  const refusals = createRefusals(deps)
  const reset = createReset(deps, { sessions, passwordCheck })
  const registration = createRegistration(deps, made, sessions)
  const setUp = createSetUp(deps, sessions, hashPassword)
  const accounts: Accounts = { ...made, resetLink: reset.resetLink }

  return {
    /** For other features that sign people in or make accounts. */
    signIn: sessions.signIn,
    accounts,
    bootstrapStatus: setUp.status,
    bootstrap: setUp.bootstrap,
    issueDesktopSecret: setUp.issueDesktopSecret,
    desktopLogin: setUp.desktopLogin,
    login: createLogin(deps, { passwordCheck, sessions, refusals }),
    register: registration.register,
    signInOptions: registration.options,
    refresh,
    logout: sessions.logout,
    logoutEverywhere: sessions.logoutEverywhere,
    listSessions: sessions.list,
    revokeSession: sessions.revoke,
    forgotPassword: reset.forgot,
    resetPassword: reset.reset,
    updatePassword: reset.update,
    openSessionFor: (userId: string) => sessions.openFor(userId, 'password'),

    async me(caller: Caller): Promise<Me> {
      const find = caller.credential === 'token' ? store.findTokenPrincipal : store.findPrincipal
      const found = await find(db, caller.session_id, caller.organization_id || undefined)
      if (!found) throw unauthorized('unauthorized', 'Sign in first.')
      return {
        id: found.user_id,
        email: found.email,
        platform_role: found.platform_role,
        // Null too where the request names one that they do not belong to: nothing of another is meant.
        organization:
          caller.organization_id !== '' && found.organization_id && found.role && found.organization_name !== null
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

    /** Spent refresh tokens are kept until they expire, so that their reuse is noticed. */
    async forgetExpired(): Promise<void> {
      await deleteExpiredRefreshTokens(db, isoNow(clock))
      await store.deleteExpiredChallenges(db, isoNow(clock))
    },

    /** Until links and mails that were asked for are on their way. */
    settled: reset.settled,
    async close(): Promise<void> {
      await reset.settled()
      await refusals.flush()
    },
  }
}
export type AuthService = ReturnType<typeof createAuthService>
