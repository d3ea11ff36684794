import { type TSchema, type Static, Type as T } from 'typebox'
import { Check } from 'typebox/value'

const TIMEOUT_MS = 10_000
/** An account with a hundred addresses is far below this. */
const MAX_BYTES = 256 * 1024

const Token = T.Object({ access_token: T.String({ minLength: 1, maxLength: 1000 }) })
const Refusal = T.Object({ error: T.String() })
const User = T.Object({
  id: T.Integer({ minimum: 1 }),
  login: T.String({ minLength: 1, maxLength: 100 }),
})
const Emails = T.Array(T.Object({ email: T.String(), primary: T.Boolean(), verified: T.Boolean() }))

export type GithubSettings = { client_id: string; client_secret: string; base_url: string; api_url: string }
/** An account there. `email` is one that GitHub has verified, or null. */
export type GithubAccount = { subject: string; login: string; email: string | null }

/** What went wrong there, in a word for the log; never with anything that was sent or received. */
export class GithubError extends Error {}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_BYTES) throw new GithubError('answer too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Only plain ASCII: letters that become others in lower case must not name somebody else's account. */
const isUsable = (email: string) =>
  email.length <= 254 &&
  /^[\x21-\x7e]+@[\x21-\x7e]+\.[\x21-\x7e]+$/.test(email) &&
  !/noreply\.github\.com$/i.test(email)

/** The verified primary address, else another verified one. What stands in the profile is not verified by anybody. */
function verifiedEmail(emails: Static<typeof Emails>): string | null {
  const usable = emails.filter(({ email, verified }) => verified && isUsable(email))
  return (usable.find(({ primary }) => primary) ?? usable[0])?.email.toLowerCase() ?? null
}

/** GitHub's side of a sign-in: what a code is worth. */
export function createGithubClient({ timeoutMs = TIMEOUT_MS } = {}) {
  async function ask<S extends TSchema>(schema: S, url: string, signal: AbortSignal, init: RequestInit) {
    const response = await fetch(url, { ...init, redirect: 'error', signal })
    const type = response.headers.get('content-type') ?? ''
    if (!response.ok || !type.includes('json')) {
      await response.body?.cancel()
      throw new GithubError(`answer ${response.status} of type ${type.slice(0, 40)}`)
    }
    const body: unknown = JSON.parse(await readBounded(response))
    // Refusals of the token come with status 200.
    if (Check(Refusal, body)) throw new GithubError(`refused: ${body.error.slice(0, 60)}`)
    if (!Check(schema, body)) throw new GithubError('answer of another shape')
    return body
  }

  return {
    /** Trades the code of a callback for whom it stands for. Throws when GitHub does not say so, in time and in its own words. */
    async accountOf(
      { client_id, client_secret, base_url, api_url }: GithubSettings,
      { code, code_verifier, redirect_uri }: { code: string; code_verifier: string; redirect_uri: string },
    ): Promise<GithubAccount> {
      const signal = AbortSignal.timeout(timeoutMs)
      const agent = { accept: 'application/json', 'user-agent': 'Shardlyn' }
      const { access_token } = await ask(Token, `${base_url}/login/oauth/access_token`, signal, {
        method: 'POST',
        headers: agent,
        body: new URLSearchParams({ client_id, client_secret, code, redirect_uri, code_verifier }),
      })
      const headers = { ...agent, accept: 'application/vnd.github+json', authorization: `Bearer ${access_token}` }
      const user = await ask(User, `${api_url}/user`, signal, { headers })
      const emails = await ask(Emails, `${api_url}/user/emails?per_page=100`, signal, { headers })
      return { subject: String(user.id), login: user.login, email: verifiedEmail(emails) }
    },
  }
}
export type GithubClient = ReturnType<typeof createGithubClient>
