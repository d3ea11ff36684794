import { createSystemBackup } from '#contract/system'
import { sendSupportMessage } from '#contract/support'
import { createUser } from '#contract/users'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { befriend, signIn } from './people.ts'
import { expect, test, testPerson } from './stack.ts'

const sections = [
  'overview',
  'users',
  'organizations',
  'audit',
  'tunnel',
  'signIn',
  'mail',
  'logs',
  'backup',
  'support',
]

test('every part of the administration is accessible and fits, in light, dark and on a phone', async ({
  page,
  stack,
}) => {
  test.setTimeout(600_000)
  await stack.signIn()
  await befriend(stack.client, 'ana@example.com', { role: 'admin' })
  await stack.client.call(createUser, { body: { email: 'bob@example.com' } })
  await stack.client.call(createSystemBackup, {})
  const message = 'Since yesterday the map of our server looks empty.\nWhat can we do?'
  const diagnostics = ['versions' as const, 'nodes' as const]
  await stack.client.call(sendSupportMessage, { body: { subject: 'The map is empty', message, diagnostics } })
  const errors = collectErrors(page)
  await signIn(page, stack.server.url)
  for (const form of forms) {
    await takeForm(page, form)
    for (const section of sections) {
      await page.goto(`${stack.server.url}/admin?section=${section}`)
      await lookAt(page, `admin-${section}`, form)
    }
  }
  expect(errors).toEqual([])
})

test('an administrator creates somebody, and suspends and lets in again, with a page for each', async ({
  page,
  stack,
}) => {
  await stack.signIn()
  await page.goto(`${stack.server.url}/sign-in?to=/admin?section=users`)
  await page.getByLabel('E-mail address').fill(testPerson.email)
  await page.getByLabel('Password', { exact: true }).fill(testPerson.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Create user' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail address').fill('carla@example.com')
  await dialog.getByRole('button', { name: 'Create user' }).click()
  await expect(page.getByRole('textbox', { name: 'Link' })).toHaveValue(/\/reset-password#token=/)
  await page.getByRole('button', { name: 'Done' }).click()
  const row = page.getByRole('row', { name: /carla@example\.com/ })
  await row.getByRole('button', { name: 'Actions for carla@example.com' }).click()
  await page.getByRole('menuitem', { name: 'Suspend' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Suspend' }).click()
  await expect(row.getByText('Suspended')).toBeVisible()
  await row.getByRole('button', { name: 'Actions for carla@example.com' }).click()
  await page.getByRole('menuitem', { name: 'Let in again' }).click()
  await expect(row.getByText('Active')).toBeVisible()
})
