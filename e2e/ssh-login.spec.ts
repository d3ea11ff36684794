import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getNode, listNodes } from '#contract/nodes'
import { getCaPublicKey } from '#contract/ssh'
import { eventually } from '#server/testing/scenario'
import { hasSshd, startSshd } from '#server/testing/sshd'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { signIn } from './people.ts'
import { expect, test } from './stack.ts'

test('SSH opens in the page, comes back after a reload, and another host key is accepted by whoever looked at it', async ({
  page,
  stack,
}) => {
  test.skip(!hasSshd, 'needs sshd and root')
  test.setTimeout(300_000)
  await using sshd = await startSshd()
  await stack.signIn()
  const { items } = await eventually(
    () => stack.client.call(listNodes, { query: {} }),
    ({ items }) => items[0]?.state === 'healthy',
    'the machine',
  )
  const id = items[0]?.id ?? ''
  sshd.trust(await (await fetch(stack.server.url + getCaPublicKey.url)).text(), 'root', [`root@${id}`])
  const restartAgent = async () => {
    stack.endAgent()
    await eventually(
      () => stack.client.call(getNode, { params: { id } }),
      ({ features, state }) => features.ssh?.port === sshd.port && state === 'healthy',
      'the machine to allow SSH',
    )
  }
  mkdirSync(join(stack.dataDir, 'agent'), { recursive: true })
  const ssh = { manage: false, port: sshd.port, folder: sshd.folder }
  writeFileSync(join(stack.dataDir, 'agent', 'agent.json'), JSON.stringify({ ssh }))
  await restartAgent()

  const errors = collectErrors(page)
  await signIn(page, stack.server.url)
  await page.goto(`${stack.server.url}/machines/${id}?tab=ssh`)
  const keys = page.getByRole('region', { name: 'Host keys' })
  await expect(keys.getByText('SHA256:')).toHaveCount(1)
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, 'ssh-login', form)
  }
  await takeForm(page, forms[0])
  await page.getByRole('button', { name: 'Open SSH' }).click()
  const rows = page.locator('.xterm-rows:visible')
  await expect(rows).toContainText('#')
  await page.keyboard.type('echo "the answer is $((41+1))"\n')
  await expect(rows).toContainText('the answer is 42')
  await page.reload()
  await expect(rows).toContainText('the answer is 42')
  await page.locator('.xterm:visible').click()
  await page.keyboard.type('echo "still $((42+1)) here"\n')
  await expect(rows).toContainText('still 43 here')
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, 'ssh-shell', form)
  }
  await takeForm(page, forms[0])
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  sshd.changeHostKey()
  const alert = page.getByRole('alert').filter({ hasText: 'another host key' })
  await expect(alert).toBeVisible({ timeout: 20_000 })
  await page.getByRole('button', { name: 'Look at the keys' }).click()
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, 'ssh-changed-key', form)
  }
  await page.getByRole('alertdialog').getByRole('button', { name: 'Accept' }).click()
  await expect(alert).toHaveCount(0)
  await expect(keys.getByText('SHA256:')).toHaveCount(1)
  expect(errors).toEqual([])
})
