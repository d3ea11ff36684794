import { createHash, timingSafeEqual } from 'node:crypto'
import type { Tokens } from '#contract/auth'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { conflict, forbidden } from '#server/errors'
import { newId, newSecret } from '#server/ids'
import type { Accounts, Origin } from '#server/sign-in'
import { type Deps, normalEmail } from './deps.ts'
import type { Sessions } from './sessions/sessions.ts'
import * as store from './store.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()
const sameText = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
const setUpAlready = () => conflict('already_set_up', 'This server already has an administrator. Sign in instead.')

/** The ways in of who owns the machine: the first set-up, and the desktop app. */
export function createSetUp(deps: Deps, sessions: Sessions, hashPassword: Accounts['hashPassword']) {
  const { db, clock, audit } = deps
  let desktopSecret: string | undefined

  return {
    async status(origin: Pick<Origin, 'is_local'>) {
      const needs_bootstrap = !(await store.anyUser(db))
      return { needs_bootstrap, needs_code: needs_bootstrap && !origin.is_local }
    },

    async bootstrap(
      input: { email: string; password: string; organization_name?: string; code?: string },
      origin: Origin,
    ): Promise<Tokens> {
      if (await store.anyUser(db)) throw setUpAlready()
      if (!origin.is_local && !sameText(input.code ?? '', deps.bootstrapCode)) {
        throw forbidden('wrong_code', 'Enter the set-up code that the server printed when it started.')
      }
      const password_hash = await hashPassword(input.password, input.email, origin.ip)
      const now = isoNow(clock)
      const user = { id: newId(clock.now()), email: normalEmail(input.email) }
      const name = input.organization_name?.trim() || 'Home'
      const { organizationId, tokens } = await inTransaction(db, async (db) => {
        if (await store.anyUser(db)) throw setUpAlready()
        await store.insertUser(db, {
          ...user,
          password_hash,
          platform_role: 'admin',
          default_organization_id: null,
          suspended_at: null,
          created_at: now,
          updated_at: now,
        })
        const organizationId = await deps.joining.createFor(db, user, name)
        await store.setDefaultOrganization(db, user.id, organizationId)
        await audit(db, {
          organization_id: organizationId,
          actor: { type: 'user', id: user.id, name: user.email },
          action: 'platform.bootstrapped',
          subject: { type: 'organization', id: organizationId, name },
          ip: origin.ip,
        })
        return { organizationId, tokens: await sessions.signIn.open(db, user.id, origin, 'set_up') }
      })
      await deps.onBootstrap(organizationId)
      return tokens
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
      return inTransaction(db, (db) => sessions.signIn.open(db, owner.id, origin, 'desktop'))
    },
  }
}
