import type { SignInAnswer } from '#contract/auth'
import { beginGithubSignIn, type Identity } from '#contract/github'
import { urlFor } from '#contract/operation'
import type { Static } from 'typebox'
import { byCaller } from '#server/audit'
import { inTransaction } from '#server/db/open'
import { conflict, notFound, unauthorized } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Origin } from '#server/sign-in'
import { createBegin, getGithubSettings, sha256 } from './begin.ts'
import type { GithubDeps } from './deps.ts'
import { createFinish } from './finish.ts'
import * as store from './store.ts'

export function createGithubService(deps: GithubDeps) {
  const { db, audit, challenges, signIn } = deps
  const begin = createBegin(deps)
  const home = () => new URL(deps.callbackUrl()).origin

  return {
    finish: createFinish(deps),

    /** Only over TLS, where GitHub sends people back over TLS. */
    isSecure: () => deps.callbackUrl().startsWith('https:'),

    /**
     * GitHub sends people back to one address, and cookies do not follow from another. So who is at another address of ours begins
     * there, an invited person with the invitation; `canMove` is false where a proxy may hide which one they are at.
     */
    async begin(page: { origin: string; ip: string; canMove: boolean }, invite_token?: string) {
      await getGithubSettings(deps)
      if (page.canMove && page.origin !== home()) {
        // As the link that invites does: behind the `#`, which no server is sent.
        const place =
          invite_token === undefined ? urlFor(beginGithubSignIn) : `/invite#token=${encodeURIComponent(invite_token)}`
        return { url: home() + place, browser: undefined }
      }
      return begin(page.ip, { link: null, invite_token })
    },

    async beginLink(caller: Caller, origin: string) {
      await getGithubSettings(deps)
      if (origin !== home()) throw conflict('other_address', `Open this page at ${home()} to link GitHub.`)
      const { user_id, session_id } = caller
      return begin(caller.ip, { link: { user_id, session_id }, invite_token: undefined })
    },

    /** The last step of a sign-in, in the browser that began it. */
    async exchange(code: string, browser: string | undefined, origin: Origin): Promise<SignInAnswer> {
      const over = unauthorized('sign_in_code_expired', 'This sign-in took too long. Start again.')
      const found = await challenges.find(db, 'sign_in_code', code)
      if (!found || browser === undefined || found.data['browser'] !== sha256(browser)) throw over
      return inTransaction(db, async (db) => {
        const taken = await challenges.take(db, 'sign_in_code', code)
        if (!taken?.user_id) throw over
        return signIn.firstFactorDone(db, taken.user_id, origin, 'github')
      })
    },

    async list(caller: Caller): Promise<{ items: Static<typeof Identity>[] }> {
      const items = await store.listIdentities(db, caller.user_id)
      return { items: items.map(({ provider, login, email, created_at }) => ({ provider, login, email, created_at })) }
    },

    async unlink(caller: Caller, provider: 'github'): Promise<void> {
      await inTransaction(db, async (db) => {
        const removed = await store.deleteIdentity(db, caller.user_id, provider)
        if (!removed) throw notFound('identity_not_found', 'No GitHub account is linked.')
        const person = await store.findPerson(db, caller.user_id)
        if (person?.password_hash === null && !(await store.hasPasskey(db, caller.user_id))) {
          throw conflict('only_way_in', 'GitHub is your only way in. Choose a password or make a passkey first.')
        }
        await challenges.end(db, caller.user_id, 'sign_in_code')
        await audit(db, {
          ...byCaller(caller),
          action: 'identity.unlinked',
          subject: { type: 'identity', id: removed.subject, name: removed.login },
          details: { provider },
        })
      })
    },
  }
}
export type GithubService = ReturnType<typeof createGithubService>
