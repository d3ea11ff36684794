import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { desktopLogin, getMe, login, logout, logoutEverywhere, refresh, type Tokens } from '#contract/auth'
import { challengeMfa } from '#contract/mfa'
import { fakeServer, problem } from '../testing/server.ts'

const tokens = (name: string, expires_in = 900): Tokens => ({
  access_token: `access-${name}`,
  refresh_token: `refresh-${name}`,
  expires_in,
  token_type: 'Bearer',
})

/** A tab that was just opened: nothing is remembered but what this browser stores. */
async function openTab() {
  vi.resetModules()
  const { session } = await import('./session.ts')
  const { call } = await import('./api.ts')
  return { session, call }
}

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  localStorage.clear()
  server = fakeServer()
})
afterEach(() => {
  vi.unstubAllGlobals()
  delete window.shardlyn
})

test('a browser that knows nobody is signed out, without asking the server', async () => {
  const { session } = await openTab()
  await session.ready()
  expect(session.getState()).toEqual({ status: 'signed-out', ended: false })
  expect(server.requests).toEqual([])
})

test('signing in keeps the refresh token here and the access token out of storage', async () => {
  const { session } = await openTab()
  server.answer(login, tokens('1'))
  await session.signIn({ email: 'a@b.c', password: 'secret' })
  expect(session.getState().status).toBe('signed-in')
  expect(localStorage.getItem('shardlyn.refresh')).toBe('refresh-1')
  expect(JSON.stringify(Object.entries(localStorage))).not.toContain('access-1')
})

test('a reload signs in again with the kept token, which is spent for a new one', async () => {
  localStorage.setItem('shardlyn.refresh', 'refresh-1')
  server.answer(refresh, tokens('2'))
  const { session } = await openTab()
  await Promise.all([session.ready(), session.ready()])
  expect(session.getState().status).toBe('signed-in')
  expect(server.requests.map(({ body }) => body)).toEqual([{ refresh_token: 'refresh-1' }])
  expect(localStorage.getItem('shardlyn.refresh')).toBe('refresh-2')
})

test('many calls whose token is near its end wait for one renewal', async () => {
  localStorage.setItem('shardlyn.refresh', 'refresh-1')
  let spent = 1
  server.handle(refresh, ({ body }) => {
    expect(body).toEqual({ refresh_token: `refresh-${spent}` })
    spent += 1
    // The first one lives for 10 s only, which is less than a call may count on.
    return { status: 200, body: tokens(String(spent), spent === 2 ? 10 : 900) }
  })
  server.handle(getMe, ({ headers }) => ({ status: 200, body: { email: headers.get('authorization') } }))
  const { session, call } = await openTab()
  await session.ready()

  const answers = await Promise.all([call(getMe, {}), call(getMe, {}), call(getMe, {})])

  expect(answers.map(({ email }) => email)).toEqual(Array(3).fill('Bearer access-3'))
  expect(server.count(refresh)).toBe(2)
})

test('a session that the server ended says so, and nothing of it stays', async () => {
  localStorage.setItem('shardlyn.refresh', 'refresh-1')
  server.handle(refresh, () => problem(401, 'session_ended'))
  const { session } = await openTab()
  await session.ready()
  expect(session.getState()).toEqual({ status: 'signed-out', ended: true })
  expect(localStorage.getItem('shardlyn.refresh')).toBeNull()
})

test('a server that is away signs nobody out', async () => {
  localStorage.setItem('shardlyn.refresh', 'refresh-1')
  const { session } = await openTab()
  await expect(session.ready()).rejects.toMatchObject({ status: 0 })
  expect(localStorage.getItem('shardlyn.refresh')).toBe('refresh-1')

  server.answer(refresh, tokens('2'))
  await session.ready()
  expect(session.getState().status).toBe('signed-in')
})

test('signing out works while the server is away', async () => {
  const { session } = await openTab()
  server.answer(login, tokens('1'))
  await session.signIn({ email: 'a@b.c', password: 'secret' })
  server.handle(logout, () => problem(503, 'unavailable'))
  await session.signOut()
  expect(session.getState()).toEqual({ status: 'signed-out', ended: false })
  expect(localStorage.getItem('shardlyn.refresh')).toBeNull()
})

test('another tab that signs out takes this one with it', async () => {
  const { session } = await openTab()
  server.answer(login, tokens('1'))
  await session.signIn({ email: 'a@b.c', password: 'secret' })
  localStorage.removeItem('shardlyn.refresh')
  window.dispatchEvent(new StorageEvent('storage', { key: 'shardlyn.refresh', newValue: null }))
  expect(session.getState().status).toBe('signed-out')
})

test('the desktop signs its owner in without typing, and without an owner leads to the page that asks', async () => {
  window.shardlyn = { platform: 'linux', takeDesktopSecret: async () => 'once' }
  server.answer(desktopLogin, tokens('d'))
  const owner = await openTab()
  await owner.session.ready()
  expect(owner.session.getState().status).toBe('signed-in')
  expect(server.requests[0]?.body).toEqual({ secret: 'once' })

  localStorage.clear()
  server.handle(desktopLogin, () => problem(403, 'wrong_secret'))
  const nobody = await openTab()
  await nobody.session.ready()
  expect(nobody.session.getState()).toEqual({ status: 'signed-out', ended: false })
})

test('a second factor is asked for before anybody is in, and answering it signs in', async () => {
  const { session } = await openTab()
  const challenge = { mfa_required: true, challenge_token: 'c', expires_in: 300, methods: ['totp'] } as const
  server.answer(login, { ...challenge, methods: ['totp'] })
  expect(await session.signIn({ email: 'a@b.c', password: 'secret' })).toEqual(challenge)
  expect(session.getState().status).not.toBe('signed-in')
  expect(localStorage.getItem('shardlyn.refresh')).toBeNull()

  server.answer(challengeMfa, tokens('1'))
  await session.finish({ challenge_token: 'c', code: '123456' })
  expect(session.getState().status).toBe('signed-in')
})

test('the chosen organization goes with every call, is told to whoever listens, and leaves with the person', async () => {
  const { session, call } = await openTab()
  server.answer(login, tokens('1'))
  await session.signIn({ email: 'a@b.c', password: 'secret' })
  const heard = vi.fn()
  session.subscribe(heard)
  session.chooseOrganization('org-2')
  session.chooseOrganization('org-2')
  expect(heard).toHaveBeenCalledOnce()
  server.handle(getMe, ({ headers }) => ({ status: 200, body: { email: headers.get('x-organization-id') } }))
  expect((await call(getMe, {})).email).toBe('org-2')

  const other = await openTab()
  expect(other.session.getOrganizationId()).toBe('org-2')

  server.answer(logout, undefined)
  await session.signOut()
  expect(session.getOrganizationId()).toBeNull()
  expect(localStorage.getItem('shardlyn.organization')).toBeNull()
})

test('another tab that goes to another organization takes this one with it', async () => {
  const { session } = await openTab()
  window.dispatchEvent(new StorageEvent('storage', { key: 'shardlyn.organization', newValue: 'org-3' }))
  expect(session.getOrganizationId()).toBe('org-3')
})

test('signing out everywhere fails aloud when the server did not do it', async () => {
  const { session } = await openTab()
  server.answer(login, tokens('1'))
  await session.signIn({ email: 'a@b.c', password: 'secret' })
  server.handle(logoutEverywhere, () => problem(503, 'unavailable'))
  await expect(session.signOutEverywhere()).rejects.toMatchObject({ status: 503 })
  expect(session.getState().status).toBe('signed-in')
  server.answer(logoutEverywhere, undefined)
  await session.signOutEverywhere()
  expect(session.getState()).toEqual({ status: 'signed-out', ended: false })
})
