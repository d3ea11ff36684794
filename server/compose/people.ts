import { finishGithubSignIn } from '#contract/github'
import { installationSecret } from '#server/db/keys'
import { createSharing } from '#server/features/access/sharing'
import { apiTokenRoutes } from '#server/features/api-tokens/routes'
import { createApiTokenService } from '#server/features/api-tokens/service'
import { createChallenges } from '#server/features/auth/challenges'
import { createAccessTokens } from '#server/features/auth/access-tokens'
import { createPasswords } from '#server/features/auth/passwords'
import { createPrincipals } from '#server/features/auth/principals'
import { authRoutes } from '#server/features/auth/routes'
import { createAuthService } from '#server/features/auth/service'
import { createGithubClient } from '#server/features/github/client'
import { githubRoutes } from '#server/features/github/routes'
import { createGithubService } from '#server/features/github/service'
import { mailRoutes } from '#server/features/mail/routes'
import { createMailService } from '#server/features/mail/service'
import { secondFactors } from '#server/features/mfa/methods'
import { mfaRoutes } from '#server/features/mfa/routes'
import { createMfaService } from '#server/features/mfa/service'
import { createJoining } from '#server/features/organizations/joining'
import { createPolicyService } from '#server/features/settings/policy'
import { settingsRoutes } from '#server/features/settings/routes'
import { createSettingsService } from '#server/features/settings/service'
import { createSshKeyService } from '#server/features/settings/ssh-keys'
import { organizationRoutes } from '#server/features/organizations/routes'
import { createOrganizationsService } from '#server/features/organizations/service'
import { userRoutes } from '#server/features/users/routes'
import { createUserService } from '#server/features/users/service'
import type { Caller } from '#server/http/caller'
import { createLive, type LiveRegistry } from '#server/http/live'
import { readPolicy } from '#server/sign-in'
import type { Job } from '#server/jobs/runner'
import { type Ground, HOUR, MINUTE, type Server } from './ground.ts'

/** Who there is, how they sign in, and what they may. */
export async function composePeople(ground: Ground, requests: LiveRegistry) {
  const { db, audit, publish, sockets, tickets, ownUrl, baseUrl, deps } = ground
  const { clock, config, log, seal } = deps
  const accessTokens = createAccessTokens(await installationSecret(db, seal, 'access_token_key'), clock)
  const challenges = createChallenges(clock)
  const principals = createPrincipals(db, clock, accessTokens, async () => (await readPolicy(db)).require_mfa)
  const again = (caller: Caller) =>
    caller.credential === 'session'
      ? principals.bySession(caller.session_id, caller.organization_id || undefined)
      : principals.byToken(caller)
  const live = createLive({ sockets, requests, again, forget: principals.forget })
  const mail = createMailService({ db, clock, log, seal, audit, publish, times: deps.mailTimes })
  const share = createSharing(clock)
  const joining = createJoining({ clock, audit, mail, share })
  const auth = createAuthService({
    db,
    clock,
    log,
    audit,
    publish,
    principals,
    tokens: accessTokens,
    passwords: createPasswords(),
    live,
    challenges,
    secondFactors,
    mail,
    joining,
    baseUrl,
    bootstrapCode: deps.bootstrapCode,
    onBootstrap: deps.onBootstrap,
  })
  const users = createUserService({
    db,
    clock,
    audit,
    publish,
    accounts: auth.accounts,
    challenges,
    mail,
    live,
  })
  const apiTokens = createApiTokenService({ db, clock, audit, live })
  const settings = createSettingsService({ db, clock, audit })
  const sshKeys = createSshKeyService({ db, clock, audit })
  const githubCallback = () => new URL(finishGithubSignIn.url, ownUrl()).href
  const policy = createPolicyService({
    db,
    clock,
    seal,
    audit,
    publish,
    live,
    githubCallback,
  })
  const { signIn } = auth
  const recoveryKey = await installationSecret(db, seal, 'recovery_code_key')
  const mfa = createMfaService({ db, clock, audit, seal, challenges, signIn, mail, recoveryKey })
  const github = createGithubService({
    db,
    clock,
    log,
    audit,
    seal,
    publish,
    challenges,
    signIn,
    accounts: auth.accounts,
    joining,
    github: createGithubClient(),
    callbackUrl: githubCallback,
  })
  const organizations = createOrganizationsService({ db, clock, audit, publish, live, mail, joining, baseUrl })

  const jobs: Job[] = [
    { name: 'auth.forget_expired', everyMs: HOUR, run: auth.forgetExpired },
    { name: 'api_tokens.end_expired', everyMs: MINUTE / 4, run: apiTokens.endExpired },
    { name: 'mail.forget_expired_links', everyMs: HOUR, run: mail.forgetExpiredLinks },
    { name: 'organizations.forget_old_invites', everyMs: HOUR, run: organizations.invites.forgetOld },
  ]

  return {
    jobs,
    register(app: Server) {
      app.register(authRoutes, { auth, tickets })
      app.register(userRoutes, { users, factors: mfa })
      app.register(apiTokenRoutes, { apiTokens })
      app.register(settingsRoutes, { settings, sshKeys, policy })
      app.register(mfaRoutes, { mfa, publicUrl: config.publicUrl })
      app.register(githubRoutes, { github, publicUrl: config.publicUrl })
      app.register(mailRoutes, { mail })
      app.register(organizationRoutes, { organizations })
    },
    auth,
    mail,
    live,
    again,
    principals,
    share,
  }
}
export type People = Awaited<ReturnType<typeof composePeople>>
