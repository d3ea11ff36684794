import { createApiToken } from '#contract/api-tokens'
import { getMe } from '#contract/auth'
import { inviteMember } from '#contract/invites'
import { addSshKey } from '#contract/settings'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { befriend, signIn } from './people.ts'
import { expect, test } from './stack.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ana@laptop'

test('the pages before the sign-in and a person’s settings are accessible and fit', async ({ page, stack }) => {
  test.setTimeout(600_000)
  await stack.signIn()
  const ana = await befriend(stack.client, 'ana@example.com', { role: 'admin' })
  await ana.client.call(addSshKey, { body: { name: 'ana@laptop', public_key: key } })
  await ana.client.call(createApiToken, {
    body: { name: 'Backup script', scopes: ['instances.view', 'nodes.view'], expires_in: 90 * 86_400 },
  })
  const { organization } = await stack.client.call(getMe, {})
  const invited = await stack.client.call(inviteMember, {
    params: { orgId: organization?.id ?? '' },
    body: { email: 'carla@example.com' },
  })
  const url = stack.server.url.replace('127.0.0.1', 'localhost')
  const { pathname, hash } = new URL(invited.link)
  const errors = collectErrors(page)

  const outside = {
    'sign-in': '/sign-in',
    register: '/register',
    forgot: '/forgot-password',
    reset: '/reset-password#token=once',
    invite: pathname + hash,
    'invite-gone': '/invite#token=gone',
  }
  const inside = {
    profile: '/settings',
    preferences: '/settings/preferences',
    security: '/settings/security',
    tokens: '/settings/tokens',
    keys: '/settings/keys',
    support: '/settings/support',
  }
  for (const form of forms) {
    await takeForm(page, form)
    for (const [name, path] of Object.entries(outside)) {
      await page.goto('about:blank')
      await page.goto(url + path)
      await lookAt(page, name, form)
    }
  }
  // An invitation that is gone is asked for, and refused.
  expect(errors.filter((error) => !error.includes('404'))).toEqual([])
  errors.length = 0

  await signIn(page, url, ana)
  const main = page.getByRole('main')
  for (const form of forms) {
    await takeForm(page, form)
    for (const [name, path] of Object.entries(inside)) {
      await page.goto(url + path)
      await lookAt(page, name, form)
    }
    await page.getByRole('switch').click()
    await page.getByRole('button', { name: 'Look at it' }).first().click()
    await lookAt(page, 'support-diagnostics', form)

    await page.goto(`${url}/settings/security`)
    await main.getByRole('button', { name: 'Set up' }).click()
    await expect(page.getByTestId('totp-secret')).toBeVisible()
    await lookAt(page, 'enroll', form)

    await page.goto(`${url}/settings/tokens`)
    await main.getByRole('button', { name: 'Create a token' }).click()
    await page.getByRole('button', { name: 'Only what I choose' }).click()
    await page.getByRole('checkbox', { name: 'All of Servers' }).click()
    await lookAt(page, 'token-create', form)
    await page.getByRole('textbox', { name: 'Name' }).fill(`Made on ${form.name}`)
    await page.getByRole('dialog').getByRole('button', { name: 'Create a token' }).click()
    await expect(page.getByRole('heading', { name: 'Copy your token now' })).toBeVisible()
    await lookAt(page, 'token-made', form)

    await page.goto(`${url}/settings/keys`)
    await main.getByRole('button', { name: 'Add a key' }).click()
    await page.getByLabel('Public key').fill(key.replace('ana@laptop', 'bia@desktop'))
    await lookAt(page, 'key-add', form)
  }
  expect(errors).toEqual([])
})
