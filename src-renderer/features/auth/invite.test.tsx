import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe, getSignInOptions, login, logout, register } from '#contract/auth'
import { beginGithubWithInvite } from '#contract/github'
import { acceptInvite, previewInvite } from '#contract/invites'
import { dropLinkSecret, watchLinkSecrets } from '../../lib/link-secrets.ts'
import { session } from '../../lib/session.ts'
import { buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { InvitePage } from './invite-page.tsx'

let server: ReturnType<typeof fakeServer>
const invite = {
  organization_name: 'Guild',
  invited_by: 'ana@example.org',
  email: null as string | null,
  role: 'user' as const,
  expires_at: '2026-12-03T12:00:00.000Z',
}
const tokens = { access_token: 'a', refresh_token: 'r', expires_in: 900, token_type: 'Bearer' } as const
beforeEach(() => {
  server = fakeServer()
  server.answer(getSignInOptions, { registration: 'invited', github: false, passkeys: false, mail: false })
  server.answer(previewInvite, invite)
  server.answer(getMe, { ...buildMe([]), email: 'bia@example.org' })
  history.replaceState(null, '', '/invite#token=once')
  watchLinkSecrets()
})
afterEach(async () => {
  cleanup()
  server.answer(logout, undefined)
  await session.signOut()
  vi.unstubAllGlobals()
  localStorage.clear()
  dropLinkSecret('token')
})
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const signIn = async () => {
  server.answer(login, tokens)
  await session.signIn({ email: 'bia@example.org', password: 'correct horse battery' })
}

test('a stranger sees who invites to what, and an account joins it', async () => {
  server.answer(previewInvite, { ...invite, email: 'bia@example.org' })
  server.handle(register, () => ({ status: 201, body: tokens }))
  const { router } = await renderInApp(<InvitePage />, { path: '/invite' })
  expect(await screen.findByRole('heading', { name: 'Join Guild' })).toBeDefined()
  expect(screen.getByText(/ana@example.org invites you to/)).toBeDefined()
  const email = screen.getByLabelText<HTMLInputElement>('E-mail address')
  expect([email.value, email.readOnly]).toEqual(['bia@example.org', true])
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'correct horse battery' } })
  await press('Create the account and join')
  expect(server.requests.find(({ operation }) => operation === 'register')?.body).toMatchObject({
    email: 'bia@example.org',
    invite_token: 'once',
  })
  await vi.waitFor(() => expect(router.state.location.pathname).toBe('/'))
})

test('whoever goes on with GitHub takes the invitation along in a request, and never in an address', async () => {
  server.answer(getSignInOptions, { registration: 'invited', github: true, passkeys: false, mail: false })
  server.answer(beginGithubWithInvite, { url: '#to-github' })
  await renderInApp(<InvitePage />, { path: '/invite' })
  await screen.findByRole('button', { name: 'Continue with GitHub' })
  await press('Continue with GitHub')
  const asked = server.requests.find(({ operation }) => operation === 'beginGithubWithInvite')
  expect(asked?.body).toEqual({ invite_token: 'once' })
  await vi.waitFor(() => expect(location.hash).toBe('#to-github'))
  expect(document.body.innerHTML).not.toContain('once')
})

test('who has an account signs in and comes back', async () => {
  await renderInApp(<InvitePage />)
  const link = await screen.findByRole('link', { name: 'I have an account: sign in' })
  expect(link.getAttribute('href')).toBe('/sign-in?to=%2Finvite')
})

test('signed in it takes one button, and goes on in the organization that was joined', async () => {
  await signIn()
  server.handle(acceptInvite, ({ url }) => {
    expect(url.pathname).toBe('/v1/invites/once/accept')
    return { status: 200, body: { id: 'org-2', name: 'Guild' } }
  })
  const { router } = await renderInApp(<InvitePage />, { path: '/invite' })
  await screen.findByText('You are signed in as bia@example.org.')
  await press('Accept the invitation')
  await vi.waitFor(() => expect(router.state.location.pathname).toBe('/'))
  expect(session.getOrganizationId()).toBe('org-2')
})

test('an invitation for another address is explained, and the way out is offered', async () => {
  server.answer(previewInvite, { ...invite, email: 'carla@example.org' })
  await signIn()
  await renderInApp(<InvitePage />)
  expect((await screen.findByRole('alert')).textContent).toContain('made for carla@example.org')
  expect(screen.queryByRole('button', { name: 'Accept the invitation' })).toBeNull()
  expect(screen.getByRole('button', { name: 'Sign out' })).toBeDefined()
})

test('an invitation that was used, taken back or expired says so', async () => {
  server.handle(previewInvite, () => problem(404, 'invite_not_found'))
  await renderInApp(<InvitePage />)
  expect(await screen.findByRole('heading', { name: 'This invitation does not work any more' })).toBeDefined()
})

test('who must set up a second factor is led there first, and back', async () => {
  await signIn()
  server.answer(getMe, { ...buildMe([]), email: 'bia@example.org', must_enroll_mfa: true })
  await renderInApp(<InvitePage />)
  const link = await screen.findByRole('link', { name: 'Set it up' })
  expect(link.getAttribute('href')).toBe('/secure-account?to=%2Finvite')
})
