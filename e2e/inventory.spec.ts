import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { listNodes } from '#contract/nodes'
import { busyboxImage } from '#server/testing/docker'
import { deployScript, healthyNode, untilState } from '#server/testing/scenario'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { befriend, signIn } from './people.ts'
import { expect, test, testPerson } from './stack.ts'

test('a machine is looked at, and a process on it is ended', async ({ page, stack }) => {
  test.setTimeout(300_000)
  await stack.signIn()
  const { instance } = await deployScript(stack.client, 'quiet-server', `setInterval(() => {}, 1000)`)
  await untilState(stack.client, instance.id, 'running')
  const [node] = (await stack.client.call(listNodes, { query: {} })).items
  const errors = collectErrors(page)
  await signIn(page, stack.server.url, testPerson)
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

test('the logs of a container that somebody else made are followed', async ({ page, stack }) => {
  const image = busyboxImage()
  test.skip(image === null, 'no Docker engine answers')
  await stack.signIn()
  const { id } = await healthyNode(stack.client)
  const errors = collectErrors(page)
  const name = `shardlyn-e2e-${process.pid}`
  const docker = (...args: string[]) => execFileSync('docker', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString()
  const script =
    'i=0; while :; do i=$((i+1)); printf "\\033[32mGET\\033[0m /index.html, request %s of somebody\\n" $i; if [ $i -gt 80 ]; then sleep 1; fi; done'
  docker('run', '--detach', '--name', name, '--publish', '127.0.0.1::80', image ?? '', 'sh', '-c', script)
  try {
    await signIn(page, stack.server.url, testPerson)
    await page.goto(`${stack.server.url}/machines/${id}?tab=containers`)
    await page.getByRole('searchbox', { name: 'Search containers' }).fill(name)
    await expect(page.getByText(/^1 of \d+ match/)).toBeVisible()
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await page.getByRole('menuitem', { name: 'Logs' }).click()
    const log = page.getByRole('log')
    await expect(log).toContainText('GET /index.html, request 81 of somebody')
    for (const form of forms) {
      await takeForm(page, form)
      await lookAt(page, 'container-logs', form)
    }
    await log.evaluate((box) => (box.scrollTop = 0))
    await page.getByRole('button', { name: 'To the end' }).click()
    await expect(page.getByRole('button', { name: 'To the end' })).toBeHidden()
    await page.getByRole('checkbox', { name: 'Times' }).click()
    await expect(log).toContainText(/\d:\d\d:\d\d\D+GET/)
    docker('stop', '--time', '0', name)
    await expect(page.getByText('The end of the log')).toBeVisible()
    expect(errors).toEqual([])
  } finally {
    docker('rm', '--force', name)
  }
})

test('who has no right to a part of a machine is told so, and by which right it opens', async ({ page, stack }) => {
  await stack.signIn()
  const { id } = await healthyNode(stack.client)
  const ana = await befriend(stack.client, 'ana@example.com', { denials: ['nodes.inventory'] })
  await signIn(page, stack.server.url, ana)
  await page.goto(`${stack.server.url}/machines/${id}`)
  await expect(page.getByRole('tab', { name: 'Servers' })).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Inventory' })).toHaveCount(0)
  for (const form of forms) {
    await takeForm(page, form)
    await page.goto(`${stack.server.url}/machines/${id}?tab=inventory`)
    await expect(page.getByText('This is not open to you')).toBeVisible()
    await lookAt(page, 'machine-no-right', form)
  }
})
