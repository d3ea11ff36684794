import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getSignInOptions, login } from '#contract/auth'
import { exchangeSignInCode } from '#contract/github'
import { challengeMfa } from '#contract/mfa'
import { dropLinkSecret, watchLinkSecrets } from '../../lib/link-secrets.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { SignInPage } from './sign-in-page.tsx'

let server: ReturnType<typeof fakeServer>
const options = { registration: 'invited', github: false, passkeys: false, mail: false } as const
beforeEach(() => {
  server = fakeServer()
  server.answer(getSignInOptions, { ...options })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  localStorage.clear()
  dropLinkSecret('github_error')
})

const type = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const tokens = { access_token: 'a', refresh_token: 'r', expires_in: 900, token_type: 'Bearer' } as const
const comeBackWith = (fragment: string) => {
  history.replaceState(null, '', `/sign-in#${fragment}`)
  watchLinkSecrets()
}

async function toSecondStep(methods: ('totp' | 'recovery_code' | 'passkey')[] = ['totp', 'recovery_code']) {
  server.answer(login, { mfa_required: true, challenge_token: 'challenge', expires_in: 300, methods })
  await renderInApp(<SignInPage />)
  type('E-mail address', 'ana@example.org')
  type('Password', 'correct horse battery')
  await press('Sign in')
  await screen.findByRole('heading', { name: 'Two-step verification' })
}

test('the sixth digit sends the code, and a pasted one may have a space', async () => {
  server.answer(challengeMfa, tokens)
  await toSecondStep()
  type('Six-digit code', '12 34')
  expect(server.count(challengeMfa)).toBe(0)
  await act(async () => type('Six-digit code', '123 456'))
  expect(server.requests.at(-1)?.body).toEqual({ challenge_token: 'challenge', code: '123456' })
  await vi.waitFor(() => expect(localStorage.getItem('shardlyn.refresh')).toBe('r'))
})

test('a wrong code is said at the field, which is empty for the next one', async () => {
  server.handle(challengeMfa, () => problem(401, 'wrong_code'))
  await toSecondStep()
  await act(async () => type('Six-digit code', '111111'))
  expect(await screen.findByText(/Wait for the next one/)).toBeDefined()
  expect(screen.getByLabelText<HTMLInputElement>('Six-digit code').value).toBe('')
})

test('who lost the phone uses a recovery code', async () => {
  server.answer(challengeMfa, tokens)
  await toSecondStep()
  await press('Use a recovery code')
  type('Recovery code', ' abcd-efgh ')
  await press('Continue')
  expect(server.requests.at(-1)?.body).toEqual({ challenge_token: 'challenge', code: 'abcd-efgh' })
})

test('a challenge that is over leads back to the password and says why', async () => {
  server.handle(challengeMfa, () => problem(401, 'challenge_expired'))
  await toSecondStep()
  await act(async () => type('Six-digit code', '111111'))
  expect((await screen.findByRole('alert')).textContent).toContain('Sign in again')
  expect(screen.getByLabelText('Password')).toBeDefined()
})

test('GitHub is a plain link, and registering is offered where it is open', async () => {
  server.answer(getSignInOptions, { ...options, registration: 'open', github: true })
  await renderInApp(<SignInPage />)
  const github = await screen.findByRole('link', { name: 'Continue with GitHub' })
  expect(github.getAttribute('href')).toBe('/v1/auth/github')
  expect(screen.getByRole('link', { name: 'Create an account' })).toBeDefined()
})

test('coming back from GitHub trades the code once and signs in', async () => {
  server.answer(exchangeSignInCode, tokens)
  comeBackWith('github_code=once')
  await renderInApp(<SignInPage />)
  await vi.waitFor(() => expect(localStorage.getItem('shardlyn.refresh')).toBe('r'))
  expect(server.count(exchangeSignInCode)).toBe(1)
  expect(server.requests.find(({ operation }) => operation === 'exchangeSignInCode')?.body).toEqual({ code: 'once' })
  expect(location.hash).toBe('')
})

test('coming back from GitHub may ask for the second factor', async () => {
  server.answer(exchangeSignInCode, { mfa_required: true, challenge_token: 'c', expires_in: 300, methods: ['totp'] })
  comeBackWith('github_code=twice')
  await renderInApp(<SignInPage />)
  expect(await screen.findByRole('heading', { name: 'Two-step verification' })).toBeDefined()
})

test('why GitHub did not lead in is told in words', async () => {
  comeBackWith('github_error=access_denied')
  await renderInApp(<SignInPage />)
  expect((await screen.findByRole('alert')).textContent).toContain('cancelled')
})
