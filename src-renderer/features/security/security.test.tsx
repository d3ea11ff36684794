import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe, getSignInOptions } from '#contract/auth'
import { listIdentities } from '#contract/github'
import { disableMfa, enrollMfa, getMfaStatus, listPasskeys, regenerateRecoveryCodes, verifyMfa } from '#contract/mfa'
import { listSessions, revokeSession, updatePassword } from '#contract/users'
import { buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { SecurityPage } from './security-page.tsx'

let server: ReturnType<typeof fakeServer>
const at = '2026-11-23T12:00:00.000Z'
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const off = { enabled: false, totp: false, passkeys: 0, recovery_codes_left: 0, required: false }
const on = { ...off, enabled: true, totp: true, recovery_codes_left: 2 }
const codes = Array.from({ length: 10 }, (_, index) => `code-${index}`)
beforeEach(() => {
  server = fakeServer()
  server.answer(getMe, buildMe([]))
  server.answer(getSignInOptions, { registration: 'invited', github: false, passkeys: false, mail: false })
  server.answer(getMfaStatus, off)
  server.answer(listPasskeys, { items: [] })
  server.answer(listIdentities, { items: [] })
  server.answer(listSessions, {
    items: [
      { id: 's1', is_current: true, ip: '127.0.0.1', user_agent: null, created_at: at, last_used_at: at },
      { id: 's2', is_current: false, ip: '192.168.1.9', user_agent: firefox, created_at: at, last_used_at: at },
    ],
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})
const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

test('a password is changed with the current one; a wrong one is said at its field', async () => {
  await renderInApp(<SecurityPage />)
  await press('Change the password')
  expect(screen.getByText('Enter your current password.')).toBeDefined()
  server.handle(updatePassword, () => problem(400, 'wrong_password'))
  type('Current password', 'guess')
  type('New password', 'correct horse battery')
  await press('Change the password')
  expect(await screen.findByText('Your current password is not right.')).toBeDefined()
  server.answer(updatePassword, undefined)
  type('Current password', 'right')
  await press('Change the password')
  expect(await screen.findByText('Your password is changed. Other devices are signed out.')).toBeDefined()
  expect(screen.getByLabelText<HTMLInputElement>('New password').value).toBe('')
})

test('the recovery codes of a new factor stay until one says that they are kept', async () => {
  server.answer(enrollMfa, { secret: 'JBSWY3DPEHPK3PXP', otpauth_uri: 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP' })
  server.answer(verifyMfa, { recovery_codes: codes })
  await renderInApp(<SecurityPage />)
  await screen.findByText('Authenticator app')
  await press('Set up')
  await screen.findByTestId('totp-secret')
  server.answer(getMfaStatus, on)
  await act(async () => type('Then enter the code that it shows', '123456'))
  const dialog = await screen.findByRole('dialog', { name: 'Keep your recovery codes' })
  fireEvent.keyDown(dialog, { key: 'Escape' })
  expect(within(dialog).getByText('code-0')).toBeDefined()
  expect(within(dialog).queryByRole('button', { name: 'Close' })).toBeNull()
  fireEvent.click(within(dialog).getByRole('checkbox'))
  await press('Done')
  await vi.waitFor(() => expect(screen.queryByText('code-0')).toBeNull())
})

test('few recovery codes left are a warning, and new ones take a code', async () => {
  server.answer(getMfaStatus, on)
  server.handle(regenerateRecoveryCodes, ({ body }) => {
    expect(body).toEqual({ code: '123456' })
    return { status: 200, body: { recovery_codes: codes } }
  })
  await renderInApp(<SecurityPage />)
  expect(await screen.findByText(/2 of 10 are left\. Make new ones/)).toBeDefined()
  await press('Make new ones')
  const dialog = await screen.findByRole('dialog')
  type('Code of your app, or a recovery code', '123 456')
  await act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Make new ones' })))
  expect(await screen.findByText('code-9')).toBeDefined()
})

test('turning it off takes a right code, and is not offered where everybody needs a factor', async () => {
  server.answer(getMfaStatus, on)
  server.handle(disableMfa, () => problem(400, 'wrong_code'))
  await renderInApp(<SecurityPage />)
  await screen.findByText('Recovery codes')
  await press('Turn it off')
  const dialog = await screen.findByRole('dialog')
  type('Code of your app, or a recovery code', '000000')
  await act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Turn it off' })))
  expect(await screen.findByText(/That code is not right/)).toBeDefined()
  cleanup()

  server.answer(getMfaStatus, { ...on, required: true })
  await renderInApp(<SecurityPage />)
  await screen.findByText('An administrator asks everybody here for a second factor.')
  expect(screen.queryByRole('button', { name: 'Turn it off' })).toBeNull()
})

test('another device is named in words and signed out; this one is not offered', async () => {
  server.answer(revokeSession, undefined)
  await renderInApp(<SecurityPage />)
  expect(await screen.findByText('This device')).toBeDefined()
  expect(screen.queryByRole('button', { name: 'Sign out Unknown device' })).toBeNull()
  await press('Sign out Firefox, Windows')
  expect(server.requests.find(({ operation }) => operation === 'revokeSession')?.url.pathname).toMatch(/s2$/)
  expect(await screen.findByText('Firefox, Windows is signed out')).toBeDefined()
})
