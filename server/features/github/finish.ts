import type { Challenge } from '#server/challenges'
import type { Origin } from '#server/sign-in'
import { type Journey, readGithubSettings, readJourney, sha256 } from './begin.ts'
import { type GithubAccount, GithubError } from './client.ts'
import { createDecide } from './decide.ts'
import type { GithubDeps } from './deps.ts'
import { type GithubRefusal, type Outcome, Refused } from './outcome.ts'

/** The dashboard trades it at once. */
const CODE_LIFE_MS = 60_000

/** Said by nobody in particular, or by somebody who changed their mind: no room in the audit log for these. */
const unremarkable = new Set<GithubRefusal>(['expired', 'access_denied'])

export type Callback = { code?: string; state?: string; error?: string }

/** The way back from GitHub. Whatever happens, the browser ends at the dashboard and not on a page of JSON. */
export function createFinish(deps: GithubDeps) {
  const { db, log, audit, challenges, github } = deps
  const decide = createDecide(deps)

  /** The challenge of this state, taken, if this browser began it. */
  async function takeChallenge(state: string | undefined, browser: string | undefined): Promise<Challenge> {
    const found = state === undefined ? undefined : await challenges.find(db, 'oauth', state)
    if (!found || browser === undefined || found.data['browser'] !== sha256(browser)) throw new Refused('expired')
    const taken = state === undefined ? undefined : await challenges.take(db, 'oauth', state)
    if (!taken) throw new Refused('expired')
    return taken
  }

  async function accountOf(journey: Journey, code: string): Promise<GithubAccount> {
    const settings = await readGithubSettings(deps)
    if (!settings) throw new Refused('failed')
    const { code_verifier, redirect_uri } = journey
    try {
      return await github.accountOf(settings, { code, code_verifier, redirect_uri })
    } catch (error) {
      // Neither what was sent nor what came back: both hold secrets.
      const why = error instanceof GithubError ? error.message : error instanceof Error ? error.name : 'unknown'
      log.warn({ why }, 'a sign-in with GitHub failed there')
      throw new Refused('failed')
    }
  }

  async function goOn(journey: Journey, query: Callback, browser: string, origin: Origin): Promise<Outcome> {
    if (query.error !== undefined) throw new Refused(query.error === 'access_denied' ? 'access_denied' : 'failed')
    if (query.code === undefined) throw new Refused('failed')
    const account = await accountOf(journey, query.code)
    if (journey.link) {
      await decide.linkTo(journey.link, account, origin.ip)
      return { kind: 'linked' }
    }
    const user_id = await decide.whoseIs(account, journey.invite_token, origin.ip)
    const code = await challenges.begin(db, {
      kind: 'sign_in_code',
      user_id,
      data: { browser: sha256(browser) },
      ip: origin.ip,
      lifeMs: CODE_LIFE_MS,
    })
    return { kind: 'signed_in', code }
  }

  return async (query: Callback, browser: string | undefined, origin: Origin): Promise<Outcome> => {
    let user_id: string | null = null
    try {
      const challenge = await takeChallenge(query.state, browser)
      user_id = challenge.user_id
      return await goOn(readJourney(deps, challenge), query, browser ?? '', origin)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (!unremarkable.has(error.code)) {
        await audit(db, {
          organization_id: null,
          actor: { type: 'user', id: user_id, name: null },
          action: 'github.refused',
          subject: { type: 'identity', id: null, name: null },
          ip: origin.ip,
          outcome: 'refused',
          reason: error.code,
        })
      }
      return { kind: 'refused', code: error.code, linking: user_id !== null }
    }
  }
}
