import { getSignInPolicy, type SignInPolicy, type updateSignInPolicy } from '#contract/settings'
import type { Input, Output } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { hasSecret, writeSecret, writeSetting } from '#server/db/settings'
import { conflict, invalid } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { Live } from '#server/live'
import { GITHUB_SECRET, POLICY_SETTING, readPolicy } from '#server/sign-in'
import { hasSecondFactor } from './store.ts'

type Deps = {
  db: Db
  clock: Clock
  seal: Seal
  audit: Audit
  publish: Publish
  live: Pick<Live, 'recheckEverybody'>
  /** Where GitHub sends people back to. */
  githubCallback: () => string
}
type Change = Input<typeof updateSignInPolicy>['body']

/** An address that the server asks, without its last slash. Whatever it carries besides a path would be lost or leak. */
function plainUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[?#]/.test(text)) {
    throw invalid('bad_url', 'Give an http or https address without a user, a query or a fragment.')
  }
  return url.href.replace(/\/+$/, '')
}

function laidOver(before: SignInPolicy, { github = {}, ...change }: Change): SignInPolicy {
  const { enabled, client_id, base_url, api_url } = { ...before.github, ...github }
  return {
    ...before,
    ...change,
    github: { enabled, client_id: client_id.trim(), base_url: plainUrl(base_url), api_url: plainUrl(api_url) },
  }
}

/** Who may come in, and how: written here, read by whoever signs people in. */
export function createPolicyService({ db, clock, seal, audit, publish, live, githubCallback }: Deps) {
  async function get(db: Db): Promise<Output<typeof getSignInPolicy>> {
    const policy = await readPolicy(db)
    const has_client_secret = await hasSecret(db, GITHUB_SECRET)
    return { ...policy, github: { ...policy.github, has_client_secret, callback_url: githubCallback() } }
  }

  /** The secret goes to the base URL, so a new place is not given the secret that was kept for another. */
  async function assertComplete(db: Db, before: SignInPolicy, { github }: SignInPolicy, secret: string | undefined) {
    const kept = await hasSecret(db, GITHUB_SECRET)
    const isMoved = new URL(github.base_url).origin !== new URL(before.github.base_url).origin
    if (isMoved && kept && secret === undefined) {
      throw invalid('client_secret_needed', 'Type the client secret of the new address too.')
    }
    const willHave = secret === undefined ? kept : secret !== ''
    if (github.enabled && (!willHave || github.client_id === '')) {
      throw invalid('github_incomplete', 'Signing in with GitHub needs a client id and a client secret.')
    }
  }

  return {
    get: () => get(db),

    async update(caller: Caller, change: Change) {
      const { client_secret, ...github } = change.github ?? {}
      const answer = await inTransaction(db, async (db) => {
        const before = await readPolicy(db)
        const after = laidOver(before, { ...change, github })
        await assertComplete(db, before, after, client_secret)
        if (change.require_mfa && !(await hasSecondFactor(db, caller.user_id))) {
          throw conflict('enroll_first', 'Set up a second factor of your own first, or you would be locked out.')
        }
        await writeSetting(db, POLICY_SETTING, after, isoNow(clock))
        if (client_secret !== undefined) await writeSecret(db, seal, GITHUB_SECRET, client_secret)
        await audit(db, {
          ...byCaller(caller),
          organization_id: null,
          action: 'platform.sign_in_policy_updated',
          subject: { type: 'platform', id: null, name: null },
          details: { before, after, client_secret_changed: client_secret !== undefined },
        })
        return get(db)
      })
      await live.recheckEverybody()
      publish({
        organization_id: caller.organization_id,
        kind: 'platform.updated',
        stale: [getSignInPolicy],
      })
      return answer
    },
  }
}
export type PolicyService = ReturnType<typeof createPolicyService>
