import { addSshKey } from '#contract/settings'
import { createCaKey, createCertificate, revokeCertificate } from '#contract/ssh'
import { listNodes } from '#contract/nodes'
import { eventually } from '#server/testing/scenario'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { signIn } from './people.ts'
import { expect, test } from './stack.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHoAzuy9/UotvMuwWWgcO3VTBrquAOw2kmrT9XWAFVuu'

test('a certificate is asked for, shown, found again and revoked; the pages fit and are accessible', async ({
  page,
  stack,
}) => {
  test.setTimeout(300_000)
  await stack.signIn()
  const nodes = () => stack.client.call(listNodes, { query: {} })
  const { items } = await eventually(nodes, ({ items }) => items[0]?.state === 'healthy', 'the machine to be there')
  const node = items[0]
  const ask = (principals: string[], more: object = {}) =>
    stack.client.call(createCertificate, { body: { public_key: KEY, principals, ...more } })
  await ask(['deploy', 'web'], { validity_hours: 24, force_command: 'uptime' })
  const lost = await ask(['root'], { node_id: node?.id })
  await stack.client.call(revokeCertificate, { params: { id: lost.id }, body: { reason: 'The laptop was lost' } })
  await stack.client.call(createCaKey, {})
  const errors = collectErrors(page)
  await signIn(page, stack.server.url)

  await page.goto(`${stack.server.url}/ssh`)
  await page.getByRole('button', { name: 'Get a certificate' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Get the certificate' }).click()
  await expect(dialog.getByText('Give at least one account')).toBeVisible()
  await expect(dialog.getByText('Paste a public key.')).toBeVisible()
  await dialog.getByLabel('Log in as').fill('games')
  await dialog.getByLabel('Your public key').fill('-----BEGIN OPENSSH PRIVATE KEY-----')
  await dialog.getByRole('button', { name: 'Get the certificate' }).click()
  await expect(dialog.getByRole('alert')).toContainText('This is a private key')
  await dialog.getByLabel('Your public key').fill(KEY)
  await dialog.getByRole('button', { name: 'Get the certificate' }).click()
  await expect(dialog.getByText('ssh-ed25519-cert-v01@openssh.com')).toBeVisible()
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, 'ssh-made', form)
  }
  const saved = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Download id_ed25519-cert.pub' }).click()
  expect((await saved).suggestedFilename()).toBe('id_ed25519-cert.pub')
  await dialog.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('row').filter({ hasText: 'games' }).click()
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByLabel('Reason').fill('No longer needed')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByRole('dialog').getByText('No longer needed')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Valid' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'games' })).toHaveCount(0)

  await stack.client.call(addSshKey, { body: { name: 'laptop', public_key: KEY } })
  const pages = {
    ssh: '/ssh',
    'ssh-certificate': `/ssh?certificate=${lost.id}`,
    'machine-ssh': `/machines/${node?.id}?tab=ssh`,
    'admin-ssh-ca': '/admin?section=sshCa',
  }
  for (const form of forms) {
    await takeForm(page, form)
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(stack.server.url + path)
      await lookAt(page, name, form)
    }
    await page.goto(`${stack.server.url}/ssh`)
    await page.getByRole('button', { name: 'Get a certificate' }).click()
    await page.getByText('More', { exact: true }).last().click()
    await lookAt(page, 'ssh-get', form)
  }
  expect(errors.filter((text) => !text.includes('400'))).toEqual([])
})
