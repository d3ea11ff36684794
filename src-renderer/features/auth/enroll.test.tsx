import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe, getSignInOptions } from '#contract/auth'
import { enrollMfa, verifyMfa } from '#contract/mfa'
import { buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { EnrollPage } from './enroll-page.tsx'

let server: ReturnType<typeof fakeServer>
const codes = Array.from({ length: 10 }, (_, index) => `code-${index}`)
beforeEach(() => {
  server = fakeServer()
  server.answer(getSignInOptions, { registration: 'invited', github: false, passkeys: false, mail: false })
  server.answer(getMe, { ...buildMe([]), must_enroll_mfa: true })
  server.answer(enrollMfa, { secret: 'JBSWY3DPEHPK3PXP', otpauth_uri: 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP' })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})
const press = (name: string | RegExp) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

test('an authenticator app is bound by a code, and the recovery codes must be kept before one goes on', async () => {
  const { router } = await renderInApp(<EnrollPage />, { path: '/secure-account' })
  await press(/Authenticator app/)
  expect((await screen.findByTestId('totp-secret')).textContent).toBe('JBSW Y3DP EHPK 3PXP')
  expect(screen.getByRole('img', { name: /QR code/ })).toBeDefined()

  server.handle(verifyMfa, () => problem(400, 'wrong_code'))
  const field = screen.getByLabelText<HTMLInputElement>('Then enter the code that it shows')
  await act(async () => fireEvent.change(field, { target: { value: '000000' } }))
  expect(await screen.findByText(/That code is not right/)).toBeDefined()

  server.answer(verifyMfa, { recovery_codes: codes })
  await act(async () => fireEvent.change(field, { target: { value: '123456' } }))
  expect(await screen.findByText('code-9')).toBeDefined()
  expect(server.count(enrollMfa)).toBe(1)

  const done = screen.getByRole<HTMLButtonElement>('button', { name: 'Done' })
  expect(done.disabled).toBe(true)
  fireEvent.click(screen.getByRole('checkbox', { name: 'I have kept them in a safe place' }))
  expect(done.disabled).toBe(false)
  await press('Done')
  await vi.waitFor(() => expect(router.state.location.pathname).toBe('/'))
})

test('passkeys are offered only where this address and this browser can hold them', async () => {
  server.answer(getSignInOptions, { registration: 'invited', github: false, passkeys: true, mail: false })
  await renderInApp(<EnrollPage />)
  await screen.findByRole('button', { name: /Authenticator app/ })
  expect(screen.queryByRole('button', { name: /Passkey/ })).toBeNull()
})
