import type { Page } from '@playwright/test'
import { getMe } from '#contract/auth'
import { enrollMfa, verifyMfa } from '#contract/mfa'
import { inviteMember } from '#contract/invites'
import { updateSignInPolicy } from '#contract/settings'
import { updateUser } from '#contract/users'
import { generateSync } from 'otplib'
import { forms, lookAt, takeForm } from './look.ts'
import { befriend } from './people.ts'
import { expect, type Stack, test, testPerson } from './stack.ts'

const friend = { email: 'bia@example.com', password: 'a sound passphrase' }
const STEP_MS = 30_000

/** Passkeys need a name, not an address of numbers. */
const named = (stack: Stack) => stack.server.url.replace('127.0.0.1', 'localhost')

/** A code of the app at a moment of ours: each is good once, so the next one is of the next step. */
const codeAt = (secret: string, epochMs: number) =>
  generateSync({ secret, epoch: Math.floor(epochMs / 1000), digits: 6, period: STEP_MS / 1000 })

async function lookInEveryForm(page: Page, name: string) {
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, name, form)
  }
  await takeForm(page, forms[0])
}

async function inviteByLink(stack: Stack, email?: string): Promise<string> {
  await stack.signIn()
  const { organization } = await stack.client.call(getMe, {})
  const body = email === undefined ? {} : { email }
  const { link } = await stack.client.call(inviteMember, { params: { orgId: organization?.id ?? '' }, body })
  const { pathname, hash } = new URL(link)
  return pathname + hash
}

async function signOut(page: Page) {
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
}

async function enterPassword(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

const isIn = (page: Page) => expect(page.getByRole('button', { name: /^Account of/ })).toBeVisible()

test('a friend joins by a link, turns on two-step verification, and gets in with a recovery code without the phone', async ({
  page,
  stack,
}) => {
  await page.goto(stack.server.url + (await inviteByLink(stack, friend.email)))
  await expect(page.getByText(`${testPerson.email} invites you`)).toBeVisible()
  expect(page.url()).not.toContain('token')
  await page.getByLabel('Password', { exact: true }).fill(friend.password)
  await page.getByRole('button', { name: 'Create the account and join' }).click()
  await isIn(page)

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'Security' }).click()
  await page.getByRole('button', { name: 'Set up' }).click()
  const secret = ((await page.getByTestId('totp-secret').textContent()) ?? '').replaceAll(' ', '')
  const enrolledAt = Date.now()
  await page.getByLabel('Then enter the code that it shows').fill(codeAt(secret, enrolledAt))
  const listed = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(listed).toHaveCount(10)
  const recovery = await listed.allTextContents()
  // A note that is fading out has no contrast.
  await expect(page.getByText('You have joined')).toHaveCount(0)
  await lookInEveryForm(page, 'recovery-codes')
  await expect(page.getByRole('button', { name: 'Done' })).toBeDisabled()
  await page.getByRole('checkbox', { name: 'I have kept them in a safe place' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByText('Its six digits are asked for at every sign-in.')).toBeVisible()

  await signOut(page)
  await enterPassword(page, friend)
  await page.getByLabel('Six-digit code').fill(codeAt(secret, enrolledAt))
  await expect(page.getByText('was used already')).toBeVisible()
  await lookInEveryForm(page, 'second-step')
  // The server takes the next step's code a little early, as clocks of phones run ahead.
  await page.getByLabel('Six-digit code').fill(codeAt(secret, Math.max(Date.now(), enrolledAt + STEP_MS)))
  await isIn(page)

  await signOut(page)
  await enterPassword(page, friend)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(recovery[3] ?? '')
  await page.getByRole('button', { name: 'Continue' }).click()
  await isIn(page)
  await page.goto(`${stack.server.url}/settings/security`)
  await expect(page.getByText('9 of 10 are left.')).toBeVisible()
})

test('an invitation that was accepted says so to the next who opens it', async ({ page, stack }) => {
  const path = await inviteByLink(stack)
  await page.goto(stack.server.url + path)
  await page.getByLabel('E-mail address').fill(friend.email)
  await page.getByLabel('Password', { exact: true }).fill(friend.password)
  await page.getByRole('button', { name: 'Create the account and join' }).click()
  await isIn(page)
  await page.goto(`${stack.server.url}/`)
  await page.goto(stack.server.url + path)
  await expect(page.getByRole('heading', { name: 'This invitation does not work any more' })).toBeVisible()
})

test('a passkey is added in the settings, and signs in alone and as the second step', async ({ page, stack }) => {
  await stack.signIn()
  const person = await befriend(stack.client, friend.email)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto(`${named(stack)}/settings/security`)
  await enterPassword(page, person)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByLabel('Name').fill('Attic computer')
  await page.getByRole('button', { name: 'Create the passkey' }).click()
  await page.getByRole('checkbox', { name: 'I have kept them in a safe place' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByText('Attic computer', { exact: true })).toBeVisible()

  await signOut(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()

  await signOut(page)
  await enterPassword(page, person)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
})

test('while everybody must have a second factor, who has none sets one up before anything else', async ({
  page,
  stack,
}) => {
  await stack.signIn()
  const boss = await befriend(stack.client, 'boss@example.com')
  await stack.client.call(updateUser, { params: { id: boss.id }, body: { platform_role: 'admin' } })
  const { secret } = await boss.client.call(enrollMfa, {})
  await boss.client.call(verifyMfa, { body: { code: codeAt(secret, Date.now()) } })
  const person = await befriend(stack.client, friend.email)
  await boss.client.call(updateSignInPolicy, { body: { require_mfa: true } })
  try {
    await page.goto(`${stack.server.url}/settings`)
    await enterPassword(page, person)
    await expect(page.getByRole('heading', { name: 'Protect your account' })).toBeVisible()
    await page.goto(`${stack.server.url}/servers`)
    await expect(page.getByRole('heading', { name: 'Protect your account' })).toBeVisible()
    await lookInEveryForm(page, 'secure-account')
    await page.getByRole('button', { name: /^Authenticator app/ }).click()
    const own = ((await page.getByTestId('totp-secret').textContent()) ?? '').replaceAll(' ', '')
    await page.getByLabel('Then enter the code that it shows').fill(codeAt(own, Date.now()))
    await page.getByRole('checkbox', { name: 'I have kept them in a safe place' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await expect(page.getByRole('heading', { name: 'Servers', exact: true })).toBeVisible()
  } finally {
    await boss.client.call(updateSignInPolicy, { body: { require_mfa: false } })
  }
})
