import {
  bootstrap,
  desktopLogin,
  login,
  logout,
  logoutEverywhere,
  type MfaRequired,
  refresh,
  register,
  type SignInAnswer,
  type Tokens,
} from '#contract/auth'
import { exchangeSignInCode } from '#contract/github'
import { challengeMfa, passkeySignIn } from '#contract/mfa'
import type { Input } from '#contract/operation'
import { ApiError, authorizeCalls, call } from './api.ts'
import { takeDesktopSecret } from './desktop.ts'
import { withTabLock } from './locks.ts'

/**
 * Who is signed in. The access token lives in memory only. The refresh token is in localStorage, not in a cookie: cookies
 * are shared by every port of localhost, so any other local program's page would be sent it.
 */
export type SessionState = { status: 'unknown' | 'signed-in' | 'signed-out'; ended: boolean }

const REFRESH_KEY = 'shardlyn.refresh'
const ORGANIZATION_KEY = 'shardlyn.organization'
/** A token this close to its end is renewed before it is used. */
const MARGIN_MS = 30_000

let state: SessionState = { status: 'unknown', ended: false }
/** The organization that was chosen; null is the person's default one. */
let organizationId = localStorage.getItem(ORGANIZATION_KEY)
let access: { token: string; expiresAt: number } | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let renewing: Promise<boolean> | undefined
let restoring: Promise<void> | undefined
/** While signing out a refused token is no news, and nothing is to be renewed. */
let isLeaving = false
const listeners = new Set<() => void>()

const tell = () => {
  for (const listener of listeners) listener()
}

function become(next: SessionState): void {
  if (next.status === state.status && next.ended === state.ended) return
  state = next
  tell()
}

function speakOf(id: string | null): void {
  if (id === organizationId) return
  organizationId = id
  tell()
}

function accept(tokens: Tokens): void {
  const lifeMs = tokens.expires_in * 1000
  access = { token: tokens.access_token, expiresAt: Date.now() + lifeMs }
  localStorage.setItem(REFRESH_KEY, tokens.refresh_token)
  clearTimeout(timer)
  // Renewed ahead of time, so that a socket or a click never waits for it; a sleeping laptop is caught by `token()`.
  timer = setTimeout(
    () => void renew().catch(() => undefined),
    Math.max(5_000, lifeMs - 60_000 - Math.random() * 15_000),
  )
  become({ status: 'signed-in', ended: false })
}

/** The first factor was right: that is all, or a second one is asked for. */
function takeAnswer(answer: SignInAnswer): MfaRequired | undefined {
  if ('mfa_required' in answer) return answer
  accept(answer)
  return undefined
}

function forget(ended: boolean): void {
  access = undefined
  clearTimeout(timer)
  localStorage.removeItem(REFRESH_KEY)
  localStorage.removeItem(ORGANIZATION_KEY)
  organizationId = null
  become({ status: 'signed-out', ended })
}

/** One renewal at a time over all tabs: a refresh token is good for one use. False when the session is over. */
function renew(): Promise<boolean> {
  renewing ??= withTabLock('shardlyn.refresh', async () => {
    const refresh_token = localStorage.getItem(REFRESH_KEY)
    if (!refresh_token) {
      forget(state.status === 'signed-in')
      return false
    }
    try {
      accept(await call(refresh, { body: { refresh_token } }))
      return true
    } catch (error) {
      if (!(error instanceof ApiError) || ![400, 401, 403].includes(error.status)) throw error
      forget(true)
      return false
    }
  }).finally(() => (renewing = undefined))
  return renewing
}

async function restore(): Promise<void> {
  if (localStorage.getItem(REFRESH_KEY) && (await renew())) return
  const secret = await takeDesktopSecret()
  if (secret) {
    try {
      return accept(await call(desktopLogin, { body: { secret } }))
    } catch (error) {
      // The owner does not exist before the set-up, and a secret works once: both lead to the page that asks.
      if (!(error instanceof ApiError) || error.status === 0) throw error
    }
  }
  if (state.status !== 'signed-out') forget(false)
}

authorizeCalls({
  async token() {
    if (access && access.expiresAt - Date.now() > MARGIN_MS) return access.token
    if (state.status === 'signed-out') return undefined
    return (await renew()) ? access?.token : undefined
  },
  async renewed(token) {
    if (access && access.token !== token) return true
    return state.status === 'signed-in' && !isLeaving && renew()
  },
  organizationId: () => organizationId,
})

// Another tab signed out or in, or went to another organization.
globalThis.addEventListener('storage', (event) => {
  if (event.key === ORGANIZATION_KEY) speakOf(event.newValue)
  if (event.key !== REFRESH_KEY) return
  if (event.newValue === null && state.status === 'signed-in') forget(false)
  else if (event.newValue !== null && state.status === 'signed-out') void renew().catch(() => undefined)
})

export const session = {
  getState: () => state,
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  /** Signs in with what this browser or the desktop holds. Throws only when the server cannot be reached. */
  ready(): Promise<void> {
    if (state.status !== 'unknown') return Promise.resolve()
    restoring ??= restore().finally(() => (restoring = undefined))
    return restoring
  },
  /** Answers the challenge when a second factor is asked for; finish it with `finish`. */
  async signIn(body: Input<typeof login>['body']): Promise<MfaRequired | undefined> {
    return takeAnswer(await call(login, { body }))
  },
  /** The second step: six digits of an authenticator app, or a recovery code. */
  async finish(body: Input<typeof challengeMfa>['body']): Promise<void> {
    accept(await call(challengeMfa, { body }))
  },
  /** With a passkey, alone or as the second step. */
  async signInWithPasskey(body: Input<typeof passkeySignIn>['body']): Promise<void> {
    accept(await call(passkeySignIn, { body }))
  },
  /** With the one-time code that a sign-in elsewhere came back with. */
  async exchange(code: string): Promise<MfaRequired | undefined> {
    return takeAnswer(await call(exchangeSignInCode, { body: { code } }))
  },
  async register(body: Input<typeof register>['body']): Promise<void> {
    accept(await call(register, { body }))
  },
  async setUp(body: Input<typeof bootstrap>['body']): Promise<void> {
    accept(await call(bootstrap, { body }))
  },
  /** Ends the session here at once; telling the server is best effort, for it may be away. */
  async signOut(): Promise<void> {
    isLeaving = true
    await call(logout, {}, { timeoutMs: 3_000 }).catch(() => undefined)
    isLeaving = false
    forget(false)
  },
  /** Ends every session of the person, this one too. Throws when the server did not, for then the others still stand. */
  async signOutEverywhere(): Promise<void> {
    await call(logoutEverywhere, {})
    forget(false)
  },
  /** The organization that requests speak of; null is the person's default one. Changes are told to subscribers. */
  getOrganizationId: () => organizationId,
  /** Goes to another organization, in every tab. The shell forgets what it knew of the last one and connects anew. */
  chooseOrganization(id: string | null): void {
    if (id === null) localStorage.removeItem(ORGANIZATION_KEY)
    else localStorage.setItem(ORGANIZATION_KEY, id)
    speakOf(id)
  },
}
