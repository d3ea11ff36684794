import { desktopLogin, getBootstrapStatus, refresh, type Tokens } from '#contract/auth'
import { type Input, type Operation, type Output, urlFor } from '#contract/operation'

/** The shell's own way to the API: it signs in as the owner, as the window does, and calls operations of the contract. */
export type Api = {
  url: string
  /** Whether there is an administrator, so that somebody can be signed in. */
  isSetUp: () => Promise<boolean>
  call: <O extends Operation>(op: O, input: Input<O>) => Promise<Output<O>>
}

export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

type Parts = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }

/** `issueSecret` makes the one-time secret that signs us in. Before an administrator exists every call fails with 403. */
export function createApi(url: string, issueSecret: () => string): Api {
  let tokens: Tokens | undefined
  let signingIn: Promise<Tokens> | undefined

  async function send<O extends Operation>(op: O, input: Parts, token?: string): Promise<Output<O>> {
    const response = await fetch(new URL(urlFor(op, input), url), {
      method: op.method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(input.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
      signal: AbortSignal.timeout(15_000),
    })
    const answer: unknown = response.status === 204 ? undefined : await response.json()
    if (response.ok) return answer as Output<O>
    throw new ApiError(response.status, (answer as { error?: string }).error ?? response.statusText)
  }

  async function signIn(): Promise<Tokens> {
    if (tokens) {
      const renewed = await send(refresh, { body: { refresh_token: tokens.refresh_token } }).catch(() => undefined)
      if (renewed) return renewed
    }
    return send(desktopLogin, { body: { secret: issueSecret() } })
  }

  /** One sign-in at a time, because a refresh token is good once. */
  async function freshToken(): Promise<string> {
    signingIn ??= signIn().finally(() => (signingIn = undefined))
    tokens = await signingIn
    return tokens.access_token
  }

  return {
    url,
    isSetUp: async () => !(await send(getBootstrapStatus, {})).needs_bootstrap,
    async call(op, input) {
      const parts = input as Parts
      const known = tokens?.access_token
      if (known === undefined) return send(op, parts, await freshToken())
      try {
        return await send(op, parts, known)
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error
        return send(op, parts, await freshToken())
      }
    },
  }
}
