import { bootstrap } from '#contract/auth'
import { beginGithubSignIn, beginGithubWithInvite, exchangeSignInCode, finishGithubSignIn } from '#contract/github'
import type { Config } from '#server/config'
import { writeSecret, writeSetting } from '#server/db/settings'
import { createSeal } from '#server/db/seal'
import { defaultPolicy, GITHUB_SECRET, POLICY_SETTING } from '#server/sign-in'
import { testApp } from './app.ts'
import { fakeClock } from './clock.ts'
import { type Account, client, fakeGithub } from './fake-github.ts'
import { person } from './factors.ts'

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = (answer: { headers: object }): string => {
  const { 'set-cookie': header } = answer.headers as { 'set-cookie'?: string | string[] }
  return String(header ?? '').split(';', 1)[0] ?? ''
}
export const placeOf = (answer: { headers: object }) => String((answer.headers as { location?: string }).location)

/** The address that GitHub sends people back to. */
export const host = '127.0.0.1'

/** A control plane with Ana, and a GitHub that it signs people in with. */
export async function withGithub(
  policy: { registration?: 'open' | 'invited' | 'closed' } = {},
  config: Partial<Config> = {},
) {
  const clock = fakeClock()
  const app = await testApp({ clock, config })
  const github = await fakeGithub()
  const { access_token: token } = (await app.call(bootstrap, { body: person })).json()
  const { base_url, api_url } = github
  const settings = { enabled: true, client_id: client.client_id, base_url, api_url }
  const { db } = app.control
  await writeSetting(db, POLICY_SETTING, { ...defaultPolicy, ...policy, github: settings }, '2026-01-01T00:00:00Z')
  await writeSecret(db, createSeal(Buffer.alloc(32, 7)), GITHUB_SECRET, client.client_secret)

  const begin = async (invite: { invite_token?: string | undefined } = {}) => {
    if (invite.invite_token === undefined) {
      const answer = await app.call(beginGithubSignIn, {}, { headers: { host } })
      return { answer, url: placeOf(answer), cookie: cookieOf(answer) }
    }
    const answer = await app.call(beginGithubWithInvite, { body: invite }, { headers: { host } })
    return { answer, url: String(answer.json().url), cookie: cookieOf(answer) }
  }
  const finish = (query: object, cookie: string) =>
    app.call(finishGithubSignIn, { query: { ...query } }, { headers: { host, cookie, 'sec-fetch-site': 'cross-site' } })
  return {
    app,
    clock,
    github,
    token: token as string,
    begin,
    finish,
    exchange: (code: string, cookie: string) =>
      app.call(exchangeSignInCode, { body: { code } }, { headers: { host, cookie } }),
    /** All the way to the dashboard: where the browser ends. */
    async arrive(account: Account, invite: { invite_token?: string | undefined } = {}) {
      const { url, cookie } = await begin(invite)
      const place = placeOf(await finish(github.consent(url, account), cookie))
      return { place, cookie, code: place.split('github_code=')[1] ?? '' }
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await github[Symbol.asyncDispose]()
    },
  }
}
