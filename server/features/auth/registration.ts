import type { Input } from '#contract/operation'
import type { register, SignInOptions, Tokens } from '#contract/auth'
import { listInvites } from '#contract/invites'
import { listMembers } from '#contract/members'
import { isIP } from 'node:net'
import type { Static } from 'typebox'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { conflict, forbidden, notFound } from '#server/errors'
import { newId } from '#server/ids'
import { type Accounts, type Origin, readPolicy } from '#server/sign-in'
import { type Deps, normalEmail } from './deps.ts'
import { assertGoodPassword } from './password-rules.ts'
import type { Sessions } from './sessions/sessions.ts'
import * as store from './store.ts'

/** Makes accounts, for whoever lets people in. */
export function createAccounts({ clock, joining, passwords }: Deps): Pick<Accounts, 'create' | 'hashPassword'> {
  return {
    async create(db, { email, password_hash, platform_role = 'user', language = null, invite_token }, ip) {
      const now = isoNow(clock)
      const user = { id: newId(clock.now()), email: normalEmail(email) }
      const made = await store.insertUser(db, {
        ...user,
        password_hash,
        platform_role,
        language,
        default_organization_id: null,
        suspended_at: null,
        created_at: now,
        updated_at: now,
      })
      if (!made) throw conflict('email_taken', 'There is an account with this address already. Sign in instead.')
      const organization_id =
        invite_token === undefined
          ? await joining.createFor(db, user, user.email.split('@', 1)[0]?.slice(0, 80) || 'Home')
          : await joining.acceptInvite(db, invite_token, user, ip)
      await store.setDefaultOrganization(db, user.id, organization_id)
      return { id: user.id, organization_id }
    },
    async hashPassword(password, email, ip) {
      await assertGoodPassword(password, normalEmail(email))
      return passwords.hash(password, { ip })
    },
  }
}

/** Registering oneself, as far as the policy lets one. */
export function createRegistration(
  deps: Deps,
  accounts: Pick<Accounts, 'create' | 'hashPassword'>,
  sessions: Sessions,
) {
  const { db, audit, publish } = deps

  async function assertMayRegister(token: string | undefined): Promise<void> {
    const { registration } = await readPolicy(db)
    if (registration === 'closed' || !(await store.anyUser(db))) {
      throw forbidden('registration_closed', 'Nobody can register here. Ask an administrator for an account.')
    }
    if (token === undefined) {
      if (registration === 'open') return
      throw forbidden('invite_needed', 'You need an invitation to register here. Ask whoever runs this server.')
    }
    // Before the hash, which not everybody should be able to ask for.
    if (!(await deps.joining.findInvite(db, token))) {
      throw notFound('invite_not_found', 'This invitation is not good any more. Ask for a new one.')
    }
  }

  return {
    async register(input: Input<typeof register>['body'], origin: Origin): Promise<Tokens> {
      const { password, invite_token, language } = input
      await assertMayRegister(invite_token)
      const email = normalEmail(input.email)
      if (await store.findUserByEmail(db, email)) {
        throw conflict('email_taken', 'There is an account with this address already. Sign in instead.')
      }
      const password_hash = await accounts.hashPassword(password, email, origin.ip)
      const { organization_id, tokens } = await inTransaction(db, async (db) => {
        const account = { email, password_hash, invite_token, ...(language && { language }) }
        const { id, organization_id } = await accounts.create(db, account, origin.ip)
        await audit(db, {
          organization_id,
          actor: { type: 'user', id, name: email },
          action: 'user.registered',
          subject: { type: 'user', id, name: email },
          ip: origin.ip,
          details: { invited: invite_token !== undefined },
        })
        return { organization_id, tokens: await sessions.signIn.open(db, id, origin, 'registration') }
      })
      if (invite_token !== undefined) {
        publish({ organization_id, kind: 'member.joined', stale: [listMembers, listInvites] })
      }
      return tokens
    },

    async options(origin: Origin): Promise<Static<typeof SignInOptions>> {
      const { registration, github } = await readPolicy(db)
      return {
        registration,
        github: github.enabled && github.client_id !== '',
        passkeys: isIP(origin.host.replace(/^\[|\]$/g, '')) === 0,
        mail: await deps.mail.isSetUp(),
      }
    },
  }
}
