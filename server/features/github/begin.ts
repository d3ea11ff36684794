import { createHash } from 'node:crypto'
import type { Challenge } from '#server/challenges'
import { readSecret } from '#server/db/settings'
import { notFound } from '#server/errors'
import { newSecret } from '#server/ids'
import { GITHUB_SECRET, readPolicy } from '#server/sign-in'
import type { GithubSettings } from './client.ts'
import type { GithubDeps } from './deps.ts'

const LIFE_MS = 10 * 60_000
const PLACE = 'challenges/oauth/secrets'

export const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')

/** What is kept, sealed, while somebody is at GitHub. */
type Secrets = { code_verifier: string; invite_token: string | undefined }
export type Journey = Secrets & {
  redirect_uri: string
  /** Who is linking, in which session; null for a sign-in. */
  link: { user_id: string; session_id: string } | null
}

/** Undefined where it is not set up. */
export async function readGithubSettings({ db, seal }: GithubDeps): Promise<GithubSettings | undefined> {
  const { enabled, ...settings } = (await readPolicy(db)).github
  if (!enabled || settings.client_id === '') return undefined
  const client_secret = await readSecret(db, seal, GITHUB_SECRET)
  return client_secret === null ? undefined : { ...settings, client_secret }
}

export async function getGithubSettings(deps: GithubDeps): Promise<GithubSettings> {
  const settings = await readGithubSettings(deps)
  if (!settings) throw notFound('github_not_set_up', 'Signing in with GitHub is not set up here.')
  return settings
}

/** Sends somebody to GitHub; `browser` goes into a cookie, so that only this browser can come back. */
export function createBegin(deps: GithubDeps) {
  return async (
    ip: string,
    { link, invite_token }: Pick<Journey, 'link' | 'invite_token'>,
  ): Promise<{ url: string; browser: string }> => {
    const settings = await getGithubSettings(deps)
    const browser = newSecret()
    const code_verifier = newSecret()
    const redirect_uri = deps.callbackUrl()
    const secrets: Secrets = { code_verifier, invite_token }
    const state = await deps.challenges.begin(deps.db, {
      kind: 'oauth',
      user_id: link?.user_id ?? null,
      data: {
        browser: sha256(browser),
        redirect_uri,
        session_id: link?.session_id ?? null,
        secrets: deps.seal.seal(PLACE, JSON.stringify(secrets)),
      },
      ip,
      lifeMs: LIFE_MS,
    })
    const query = new URLSearchParams({
      client_id: settings.client_id,
      redirect_uri,
      scope: 'read:user user:email',
      state,
      code_challenge: sha256(code_verifier),
      code_challenge_method: 'S256',
    })
    return { url: `${settings.base_url}/login/oauth/authorize?${query.toString()}`, browser }
  }
}

/** What was kept, from a challenge that was taken. */
export function readJourney({ seal }: GithubDeps, { user_id, data }: Challenge): Journey {
  const secrets = JSON.parse(seal.open(PLACE, String(data['secrets']))) as Secrets
  const link = user_id === null ? null : { user_id, session_id: String(data['session_id']) }
  return { ...secrets, redirect_uri: String(data['redirect_uri']), link }
}
