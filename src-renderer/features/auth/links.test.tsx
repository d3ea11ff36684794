import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forgotPassword, getSignInOptions, register, resetPassword } from '#contract/auth'
import { dropLinkSecret, watchLinkSecrets } from '../../lib/link-secrets.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { ForgotPage } from './forgot-page.tsx'
import { RegisterPage } from './register-page.tsx'
import { ResetPage } from './reset-page.tsx'

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  localStorage.clear()
  dropLinkSecret('token')
})

const type = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const openLink = (address: string) => {
  history.replaceState(null, '', address)
  watchLinkSecrets()
}
const tokens = { access_token: 'a', refresh_token: 'r', expires_in: 900, token_type: 'Bearer' } as const
const options = { registration: 'open', github: false, passkeys: false, mail: true } as const

test('registering checks first, then makes the account in the language of the page', async () => {
  server.answer(getSignInOptions, { ...options })
  server.handle(register, () => ({ status: 201, body: tokens }))
  await renderInApp(<RegisterPage />)
  await screen.findByLabelText('E-mail address')
  type('E-mail address', 'bia')
  type('Password', 'short')
  await press('Create the account')
  expect(screen.getByText('That is not an e-mail address.')).toBeDefined()
  expect(server.count(register)).toBe(0)
  type('E-mail address', 'bia@example.org')
  type('Password', 'correct horse battery')
  await press('Create the account')
  expect(server.requests.at(-1)?.body).toEqual({
    email: 'bia@example.org',
    password: 'correct horse battery',
    language: 'en',
  })
  expect(localStorage.getItem('shardlyn.refresh')).toBe('r')
})

test('a password that the server refuses is said at the field until it is changed', async () => {
  server.answer(getSignInOptions, { ...options })
  server.handle(register, () => problem(400, 'weak_password', 'This password is among the most common ones.'))
  await renderInApp(<RegisterPage />)
  await screen.findByLabelText('E-mail address')
  type('E-mail address', 'bia@example.org')
  type('Password', 'password1234')
  await press('Create the account')
  expect(await screen.findByText('This password is among the most common ones.')).toBeDefined()
  type('Password', 'password12345')
  expect(screen.queryByText('This password is among the most common ones.')).toBeNull()
})

test('where one must be invited, the page says whom to ask and has no form', async () => {
  server.answer(getSignInOptions, { ...options, registration: 'invited' })
  await renderInApp(<RegisterPage />)
  expect(await screen.findByText('Accounts are made by invitation here')).toBeDefined()
  expect(screen.queryByLabelText('Password')).toBeNull()
})

test.each([
  [true, 'Look into your mail'],
  [false, 'Ask your administrator for the link'],
])('a forgotten password with mail %s ends in: %s', async (mail, title) => {
  server.handle(forgotPassword, () => ({ status: 202, body: { mail } }))
  await renderInApp(<ForgotPage />)
  type('E-mail address', ' bia@example.org ')
  await press('Send me a link')
  expect(await screen.findByRole('heading', { name: title })).toBeDefined()
  expect(server.requests.at(-1)?.body).toEqual({ email: 'bia@example.org' })
})

test('a reset link sets the password once, and its token is nowhere to be seen', async () => {
  server.answer(resetPassword, undefined)
  openLink('/reset-password#token=once')
  expect(location.href).not.toContain('once')
  await renderInApp(<ResetPage />)
  type('New password', 'correct horse battery')
  await press('Set the password')
  expect(server.requests.at(-1)?.body).toEqual({ token: 'once', new_password: 'correct horse battery' })
  expect(await screen.findByRole('heading', { name: 'Your password is set' })).toBeDefined()
})

test('a used link says so and leads to another one', async () => {
  server.handle(resetPassword, () => problem(400, 'reset_link_invalid'))
  openLink('/reset-password#token=old')
  await renderInApp(<ResetPage />)
  type('New password', 'correct horse battery')
  await press('Set the password')
  expect(await screen.findByRole('heading', { name: 'This link does not work any more' })).toBeDefined()
  expect(screen.getByRole('link', { name: 'Get another link' }).getAttribute('href')).toBe('/forgot-password')
})

test('half a link is told as such', async () => {
  await renderInApp(<ResetPage />)
  expect(screen.getByRole('heading', { name: 'The link is incomplete' })).toBeDefined()
})
