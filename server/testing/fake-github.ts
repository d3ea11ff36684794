import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

type Email = { email: string; primary: boolean; verified: boolean; visibility: string | null }
export type Account = { id: number; login: string; emails: Email[]; profile?: object }
type Answer = (response: ServerResponse) => void
type Route = 'token' | 'user' | 'emails'

export const client = { client_id: 'Iv1.0123456789abcdef', client_secret: 'f00dfacef00dfacef00dfacef00dfacef00dface' }
export const address = (email: string, is: Partial<Email> = {}): Email => ({
  email,
  primary: true,
  verified: true,
  visibility: 'private',
  ...is,
})

const json = (response: ServerResponse, body: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
/** Refusals of the token endpoint come with status 200. */
const refuse = (response: ServerResponse, error: string) =>
  json(response, {
    error,
    error_description: 'In words.',
    error_uri: `https://docs.github.com/apps/troubleshooting/#${error}`,
  })

/**
 * GitHub's side of the wire, as its documentation describes it: the page that asks for consent, the token endpoint and the two
 * addresses of the API. `instead` answers in its place, to see what we do with it. Closed by `await using`.
 */
export async function fakeGithub() {
  const codes = new Map<string, { account: Account; redirect_uri: string; code_challenge: string }>()
  const tokens = new Map<string, Account>()
  const instead = new Map<Route, Answer>()
  const seen: { route: Route; headers: IncomingMessage['headers']; body: string }[] = []

  function answerToken(response: ServerResponse, form: URLSearchParams) {
    const code = form.get('code') ?? ''
    const kept = codes.get(code)
    if (form.get('client_id') !== client.client_id || form.get('client_secret') !== client.client_secret) {
      return refuse(response, 'incorrect_client_credentials')
    }
    if (!kept) return refuse(response, 'bad_verification_code')
    codes.delete(code)
    if (form.get('redirect_uri') !== kept.redirect_uri) return refuse(response, 'redirect_uri_mismatch')
    const verifier = form.get('code_verifier') ?? ''
    if (createHash('sha256').update(verifier).digest('base64url') !== kept.code_challenge) {
      return refuse(response, 'bad_verification_code')
    }
    const access_token = `gho_${randomBytes(18).toString('hex')}`
    tokens.set(access_token, kept.account)
    return json(response, { access_token, scope: 'read:user,user:email', token_type: 'bearer' })
  }

  function answerApi(response: ServerResponse, route: Route, request: IncomingMessage) {
    const account = tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
    if (!request.headers['user-agent']) return json(response, { message: 'User-Agent is missing.' }, 403)
    if (!account) return json(response, { message: 'Bad credentials', status: '401' }, 401)
    const { id, login, profile } = account
    return json(
      response,
      route === 'user' ? { id, login, type: 'User', name: null, email: null, ...profile } : account.emails,
    )
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(request.url ?? '', 'http://github.test')
    const route = (
      { '/login/oauth/access_token': 'token', '/api/user': 'user', '/api/user/emails': 'emails' } as const
    )[pathname]
    const body = await text(request)
    if (!route) return json(response, { message: 'Not Found', status: '404' }, 404)
    seen.push({ route, headers: request.headers, body })
    const other = instead.get(route)
    if (other) return other(response)
    return route === 'token' ? answerToken(response, new URLSearchParams(body)) : answerApi(response, route, request)
  }

  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    base_url: origin,
    api_url: `${origin}/api`,
    instead,
    seen,
    tokens,
    /** Somebody is sent here and consents; the query with which they are sent back. */
    consent(url: string, account: Account) {
      const query = new URL(url).searchParams
      const given = (name: string) => {
        const value = query.get(name)
        if (!value) throw new Error(`GitHub was asked without ${name}.`)
        return value
      }
      if (given('client_id') !== client.client_id || given('code_challenge_method') !== 'S256') {
        throw new Error('GitHub was asked wrongly.')
      }
      const code = randomBytes(10).toString('hex')
      codes.set(code, { account, redirect_uri: given('redirect_uri'), code_challenge: given('code_challenge') })
      return { code, state: given('state') }
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
export type FakeGithub = Awaited<ReturnType<typeof fakeGithub>>
