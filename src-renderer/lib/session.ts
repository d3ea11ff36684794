import { bootstrap, desktopLogin, login, logout, refresh, type Tokens } from '#contract/auth'
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
let access: { token: string; expiresAt: number } | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let renewing: Promise<boolean> | undefined
let restoring: Promise<void> | undefined
/** While signing out a refused token is no news, and nothing is to be renewed. */
let isLeaving = false
const listeners = new Set<() => void>()

function become(next: SessionState): void {
  if (next.status === state.status && next.ended === state.ended) return
  state = next
  for (const listener of listeners) listener()
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

function forget(ended: boolean): void {
  access = undefined
  clearTimeout(timer)
  localStorage.removeItem(REFRESH_KEY)
  localStorage.removeItem(ORGANIZATION_KEY)
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
  organizationId: () => localStorage.getItem(ORGANIZATION_KEY),
})

// Another tab signed out or in.
globalThis.addEventListener('storage', (event) => {
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
  async signIn(body: Input<typeof login>['body']): Promise<void> {
    const answer = await call(login, { body })
    if ('access_token' in answer) accept(answer)
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
}
