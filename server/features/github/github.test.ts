import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import {
  beginGithubSignIn,
  beginGithubWithInvite,
  exchangeSignInCode,
  linkGithub,
  listIdentities,
  unlinkIdentity,
} from '#contract/github'
import { challengeMfa } from '#contract/mfa'
import { inviteMember } from '#contract/invites'
import { address, type Account } from '#server/testing/fake-github'
import { cookieOf, host, placeOf, withGithub } from '#server/testing/github-journey'
import { enrolled } from '#server/testing/factors'
import { testApp } from '#server/testing/app'

const ben: Account = { id: 4711, login: 'ben', emails: [address('Ben@Example.com')] }
type Journey = Awaited<ReturnType<typeof withGithub>>

/** Ana links an account of GitHub to hers. */
async function linkTo({ app, token, github, finish }: Journey, account: Account, as = token) {
  const answer = await app.call(linkGithub, {}, { token: as, headers: { host } })
  return placeOf(await finish(github.consent(answer.json().url, account), cookieOf(answer)))
}
const ana: Account = { id: 1, login: 'ana', emails: [address('ana@example.com')] }

test('where GitHub is not set up there is nothing to begin', async () => {
  await using app = await testApp()
  const token = await app.adminToken()
  for (const op of [beginGithubSignIn, linkGithub]) {
    const answer = await app.call(op, {}, { token, headers: { host } })
    expect([answer.status, answer.json().code]).toEqual([404, 'github_not_set_up'])
  }
})

test('the browser is sent to GitHub with state and a challenge, and keeps a cookie that scripts do not see', async () => {
  await using it = await withGithub()
  const { answer, url } = await it.begin()
  expect(answer.status).toBe(302)
  const { origin, pathname, searchParams } = new URL(url)
  expect([origin, pathname]).toEqual([it.github.base_url, '/login/oauth/authorize'])
  expect(Object.fromEntries(searchParams)).toMatchObject({
    redirect_uri: 'http://127.0.0.1/v1/auth/github/callback',
    scope: 'read:user user:email',
    state: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })
  expect(String(answer.headers['set-cookie'])).toMatch(
    /^shardlyn_github=[\w-]{43}; Path=\/v1\/auth; Max-Age=600; HttpOnly; SameSite=Lax$/,
  )
  expect(answer.headers['cache-control']).toBe('no-store')
})

test('over TLS the cookie is for TLS only', async () => {
  await using it = await withGithub({}, { publicUrl: 'https://panel.example' })
  // Some proxies put the name of the server behind them into Host.
  for (const host of ['panel.example', 'localhost']) {
    const answer = await it.app.call(beginGithubSignIn, {}, { headers: { host } })
    expect(String(answer.headers['set-cookie'])).toMatch(/; Secure$/)
    const { searchParams } = new URL(placeOf(answer))
    expect(searchParams.get('redirect_uri')).toBe('https://panel.example/v1/auth/github/callback')
  }
})

test('who is at another address of ours begins at the one that GitHub knows', async () => {
  await using it = await withGithub()
  const moved = await it.app.call(beginGithubSignIn)
  expect(placeOf(moved)).toBe('http://127.0.0.1/v1/auth/github')
  const invited = await it.app.call(beginGithubWithInvite, { body: { invite_token: 'a b' } })
  expect(invited.json()).toEqual({ url: 'http://127.0.0.1/invite#token=a%20b' })
  for (const answer of [moved, invited]) expect(answer.headers['set-cookie']).toBeUndefined()
  const refused = await it.app.call(linkGithub, {}, { token: it.token })
  expect([refused.status, refused.json().code]).toEqual([409, 'other_address'])
})

test('an invitation is in no address on the way', async () => {
  await using it = await withGithub()
  const { answer, url, cookie } = await it.begin({ invite_token: 'secret-invitation' })
  expect(url).toContain('/login/oauth/authorize?')
  expect(cookie).toMatch(/^shardlyn_github=/)
  expect(answer.text + JSON.stringify(answer.headers)).not.toContain('secret-invitation')
  const asked = await it.app.call(beginGithubSignIn, { query: { invite_token: 'secret-invitation' } })
  expect(asked.status).toBe(400)
})

test('an invitation lets somebody new in, once, and only whom it is for', async () => {
  await using it = await withGithub()
  const { organization } = (await it.app.call(getMe, {}, { token: it.token })).json()
  const invite = async (email: string) => {
    const input = { params: { orgId: organization.id }, body: { email } }
    const { link } = (await it.app.call(inviteMember, input, { token: it.token })).json()
    return { invite_token: String(link).split('=')[1] }
  }
  const forAnother = await it.arrive(ben, await invite('carla@example.com'))
  expect(forAnother.place).toBe('/sign-in#github_error=invite_for_another')
  const query = await invite('ben@example.com')
  const { code, cookie } = await it.arrive(ben, query)
  const { access_token } = (await it.exchange(code, cookie)).json()
  const me = (await it.app.call(getMe, {}, { token: access_token })).json()
  expect(me.organization).toEqual({ ...organization, role: 'user' })
  const late = { id: 9, login: 'late', emails: [address('late@example.com')] }
  expect((await it.arrive(late, query)).place).toBe('/sign-in#github_error=not_invited')
})

test('somebody new gets an account with the verified address, and is signed in', async () => {
  await using it = await withGithub({ registration: 'open' })
  const { place, code, cookie } = await it.arrive(ben)
  expect(place).toMatch(/^\/sign-in#github_code=[\w-]{43}$/)
  const answer = await it.exchange(code, cookie)
  expect(answer.status).toBe(200)
  expect(String(answer.headers['set-cookie'])).toMatch(/^shardlyn_github=; .*Max-Age=0/)
  const me = await it.app.call(getMe, {}, { token: answer.json().access_token })
  expect(me.json()).toMatchObject({ email: 'ben@example.com', has_password: false, organization: { role: 'owner' } })
  const again = await it.arrive({ ...ben, login: 'ben-renamed', emails: [address('new@example.com')] })
  const second = await it.exchange(again.code, again.cookie)
  const identities = await it.app.call(listIdentities, {}, { token: second.json().access_token })
  expect(identities.json().items).toMatchObject([
    { provider: 'github', login: 'ben-renamed', email: 'new@example.com' },
  ])
})

test.each([
  ['invited', {}, 'not_invited'],
  ['invited', { invite_token: 'unknown' }, 'not_invited'],
  ['closed', {}, 'closed'],
  ['closed', { invite_token: 'unknown' }, 'closed'],
] as const)('where accounts are %s a new person with %o is told %s', async (registration, query, code) => {
  await using it = await withGithub({ registration })
  expect((await it.arrive(ben, query)).place).toBe(`/sign-in#github_error=${code}`)
  expect(it.app.control.database.prepare('select count(*) as n from users').get()).toEqual({ n: 1 })
})

test('an account with the same address is never linked silently', async () => {
  await using it = await withGithub({ registration: 'open' })
  expect((await it.arrive(ana)).place).toBe('/sign-in#github_error=link_first')
  expect((await it.app.call(listIdentities, {}, { token: it.token })).json().items).toEqual([])
})

test('a signed-in person links an account, signs in with it, and unlinks it', async () => {
  await using it = await withGithub()
  expect(await linkTo(it, ana)).toBe('/settings/security#github_linked=true')
  expect(await linkTo(it, ana)).toBe('/settings/security#github_linked=true')
  expect(await linkTo(it, { ...ana, id: 2 })).toBe('/settings/security#github_error=already_linked')
  const { code, cookie } = await it.arrive({ ...ana, emails: [] })
  expect((await it.exchange(code, cookie)).status).toBe(200)
  const unlink = () => it.app.call(unlinkIdentity, { params: { provider: 'github' } }, { token: it.token })
  expect((await unlink()).status).toBe(204)
  expect((await unlink()).status).toBe(404)
  expect((await it.arrive(ana)).place).toBe('/sign-in#github_error=link_first')
})

test('an account that another person has linked stays theirs', async () => {
  await using it = await withGithub({ registration: 'open' })
  await linkTo(it, ana)
  const { code, cookie } = await it.arrive(ben)
  const { access_token } = (await it.exchange(code, cookie)).json()
  expect(await linkTo(it, ana, access_token)).toBe('/settings/security#github_error=linked_elsewhere')
})

test('the only way in is not unlinked', async () => {
  await using it = await withGithub({ registration: 'open' })
  const { code, cookie } = await it.arrive(ben)
  const { access_token } = (await it.exchange(code, cookie)).json()
  const refused = await it.app.call(unlinkIdentity, { params: { provider: 'github' } }, { token: access_token })
  expect([refused.status, refused.json().code]).toEqual([409, 'only_way_in'])
  expect((await it.app.call(listIdentities, {}, { token: access_token })).json().items).toHaveLength(1)
})

test('GitHub is a first factor: the second one is asked for', async () => {
  await using it = await withGithub()
  await linkTo(it, ana)
  const factor = await enrolled(it.app, it.clock, it.token)
  const { code, cookie } = await it.arrive(ana)
  const asked = (await it.exchange(code, cookie)).json()
  expect(asked).toMatchObject({ mfa_required: true, methods: ['totp', 'recovery_code'] })
  const body = { challenge_token: asked.challenge_token, code: factor.code() }
  expect((await it.app.call(challengeMfa, { body })).status).toBe(200)
})

test('a suspended person is told so, and does not sign in with a code from before', async () => {
  await using it = await withGithub()
  await linkTo(it, ana)
  const { code, cookie } = await it.arrive(ana)
  await it.app.control.db.updateTable('users').set({ suspended_at: '2026-01-01T00:00:00.000Z' }).execute()
  expect((await it.exchange(code, cookie)).status).toBe(401)
  expect((await it.arrive(ana)).place).toBe('/sign-in#github_error=suspended')
})

test('a link that was begun in a session that has ended since is not made', async () => {
  await using it = await withGithub()
  const answer = await it.app.call(linkGithub, {}, { token: it.token, headers: { host } })
  await it.app.control.db.updateTable('sessions').set({ revoked_at: '2026-01-01T00:00:00.000Z' }).execute()
  const place = placeOf(await it.finish(it.github.consent(answer.json().url, ana), cookieOf(answer)))
  expect(place).toBe('/settings/security#github_error=expired')
})

test('the code for the dashboard is good once, for a minute, in the browser that began', async () => {
  await using it = await withGithub({ registration: 'open' })
  const { code, cookie } = await it.arrive(ben)
  const refused = await it.exchange(code, 'shardlyn_github=another')
  expect([refused.status, refused.json().code]).toEqual([401, 'sign_in_code_expired'])
  expect((await it.app.call(exchangeSignInCode, { body: { code } })).status).toBe(401)
  const answers = await Promise.all(Array.from({ length: 10 }, () => it.exchange(code, cookie)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const late = await it.arrive(ben)
  it.clock.advance(60_000)
  expect((await it.exchange(late.code, late.cookie)).status).toBe(401)
})
