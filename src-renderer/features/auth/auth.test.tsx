import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bootstrap, getBootstrapStatus, login } from '#contract/auth'
import { fakeServer, problem } from '../../testing/server.ts'
import { SetUpPage } from './set-up-page.tsx'
import { SignInPage } from './sign-in-page.tsx'

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  localStorage.clear()
})

const type = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const tokens = { access_token: 'a', refresh_token: 'r', expires_in: 900, token_type: 'Bearer' }

test('a wrong password is said once, and only the password must be typed again', async () => {
  server.handle(login, () => problem(401, 'wrong_credentials'))
  await renderInApp(<SignInPage />)
  type('E-mail address', 'ana@example.org')
  type('Password', 'guess')
  await press('Sign in')
  expect((await screen.findByRole('alert')).textContent).toBe('The e-mail address or the password is wrong.')
  expect(screen.getByLabelText<HTMLInputElement>('E-mail address').value).toBe('ana@example.org')
  expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('')
})

test('too many attempts are told as such, a server that is away too', async () => {
  server.handle(login, () => problem(429, 'too_many_requests'))
  await renderInApp(<SignInPage />)
  type('E-mail address', 'ana@example.org')
  type('Password', 'guess')
  await press('Sign in')
  expect((await screen.findByRole('alert')).textContent).toContain('Too many attempts')
  type('Password', 'guess')
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
  await press('Sign in')
  expect((await screen.findByRole('alert')).textContent).toContain('The server does not answer')
})

test('the password can be looked at', async () => {
  await renderInApp(<SignInPage />)
  const field = screen.getByLabelText<HTMLInputElement>('Password')
  expect(field.type).toBe('password')
  await press('Show the password')
  expect(field.type).toBe('text')
  await press('Hide the password')
  expect(field.type).toBe('password')
})

test('the set-up tells what is missing before it asks the server', async () => {
  server.answer(getBootstrapStatus, { needs_bootstrap: true, needs_code: false })
  await renderInApp(<SetUpPage />)
  type('E-mail address', 'ana')
  type('Password', 'short')
  await press('Create the administrator')
  expect(screen.getByText('That is not an e-mail address.')).toBeDefined()
  expect(screen.getByText('At least 8 characters.')).toBeDefined()
  expect(server.count(bootstrap)).toBe(0)
})

test('from another machine the code is asked for, and a wrong one is said at its field', async () => {
  server.answer(getBootstrapStatus, { needs_bootstrap: true, needs_code: true })
  server.handle(bootstrap, () => problem(403, 'wrong_code'))
  await renderInApp(<SetUpPage />)
  const code = await screen.findByLabelText('Set-up code')
  fireEvent.change(code, { target: { value: '1111-2222' } })
  type('E-mail address', ' ana@example.org ')
  type('Password', 'correct horse battery')
  await press('Create the administrator')
  expect(server.requests.at(-1)?.body).toEqual({
    email: 'ana@example.org',
    password: 'correct horse battery',
    organization_name: 'Home',
    code: '1111-2222',
  })
  expect(await screen.findByText(/That is not the set-up code/)).toBeDefined()
  expect(code.getAttribute('aria-invalid')).toBe('true')
})

test('the set-up ends signed in', async () => {
  server.answer(getBootstrapStatus, { needs_bootstrap: true, needs_code: false })
  server.handle(bootstrap, () => ({ status: 201, body: tokens }))
  const { router } = await renderInApp(<SetUpPage />, { path: '/set-up' })
  type('E-mail address', 'ana@example.org')
  type('Password', 'correct horse battery')
  await press('Create the administrator')
  await vi.waitFor(() => expect(router.state.location.pathname).toBe('/'))
  expect(localStorage.getItem('shardlyn.refresh')).toBe('r')
})
