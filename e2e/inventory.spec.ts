import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { listNodes } from '#contract/nodes'
import { deployScript, untilState } from '#server/testing/scenario'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { expect, test, testPerson } from './stack.ts'

test('a machine is looked at, and a process on it is ended', async ({ page, stack }) => {
  test.setTimeout(300_000)
  await stack.signIn()
  const { instance } = await deployScript(stack.client, 'quiet-server', `setInterval(() => {}, 1000)`)
  await untilState(stack.client, instance.id, 'running')
  const [node] = (await stack.client.call(listNodes, { query: {} })).items
  const errors = collectErrors(page)
  await page.goto(`${stack.server.url}/sign-in`)
  await page.getByLabel('E-mail address').fill(testPerson.email)
  await page.getByLabel('Password', { exact: true }).fill(testPerson.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  const at = `${stack.server.url}/machines/${node?.id}?tab=`

  for (const form of forms) {
    await takeForm(page, form)
    for (const section of ['processes', 'system', 'network', 'disks', 'users']) {
      await page.goto(`${at}inventory&section=${section}`)
      await expect(page.getByText(/^Read at /)).toBeVisible()
      await lookAt(page, `inventory-${section}`, form)
    }
    await page.goto(`${at}containers`)
    await expect(page.getByText(/^Read at |No Docker engine answers|No containers/).first()).toBeVisible()
    await lookAt(page, 'containers', form)
  }

  await takeForm(page, forms[0])
  const victim = spawn('sleep', ['100000'], { argv0: 'unneeded-work' })
  const ended = once(victim, 'exit')
  await page.goto(`${at}inventory`)
  await page.getByRole('searchbox', { name: 'Search processes' }).fill(String(victim.pid))
  await page.getByRole('button', { name: `End sleep (${victim.pid})` }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByText(String(victim.pid), { exact: true })).toBeVisible()
  await lookAt(page, 'end-process', forms[0])
  await dialog.getByRole('button', { name: 'End process' }).click()
  expect((await ended)[1]).toBe('SIGTERM')
  await expect(page.getByText(`Nothing matches “${victim.pid}”`)).toBeVisible()

  await page.getByRole('searchbox', { name: 'Search processes' }).fill('setInterval')
  await expect(page.getByRole('link', { name: 'quiet-server' }).first()).toBeVisible()
  expect(errors).toEqual([])
})
