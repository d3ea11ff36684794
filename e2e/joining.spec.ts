import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { signIn } from './people.ts'
import { expect, test } from './stack.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '::')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('a machine is added: the network is let in, the command made, and it turns green when the machine is there', async ({
  page,
  stack,
}) => {
  test.setTimeout(300_000)
  await stack.signIn()
  const errors = collectErrors(page)
  const { url } = stack.server
  const lookAtAll = async (name: string) => {
    for (const form of forms) {
      await takeForm(page, form)
      await lookAt(page, name, form)
    }
    await takeForm(page, forms[0])
  }
  await signIn(page, url)

  await page.goto(`${url}/admin?section=network`)
  await lookAtAll('network-off')
  await page.getByLabel('Port').fill(String(await freePort()))
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved')).toBeVisible()

  await page.goto(`${url}/machines`)
  await page.getByRole('link', { name: 'Add machine' }).first().click()
  await expect(page.getByText('Only this computer reaches Shardlyn so far')).toBeVisible()
  await lookAtAll('add-machine-alone')
  await page.getByRole('button', { name: 'Let the network in' }).click()
  await expect(page.getByText('is pinned in the command')).toBeVisible()
  await page.getByRole('textbox', { name: 'Name' }).fill('attic')
  await page.getByRole('checkbox', { name: 'Terminal' }).click()
  await page.getByRole('checkbox', { name: 'Files of the machine' }).click()
  await lookAtAll('add-machine')
  await page.getByRole('button', { name: 'Make the command' }).click()
  await expect(page.getByText('Waiting for the machine')).toBeVisible()
  await lookAtAll('add-machine-command')

  const command = (await page.getByText('SHARDLYN_TOKEN').textContent()) ?? ''
  const part = (pattern: RegExp) => pattern.exec(command)?.[1] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-e2e-agent-'))
  writeFileSync(join(folder, 'register-token'), part(/SHARDLYN_TOKEN='([^']+)'/))
  const agent = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '..', 'agent', 'main.ts'),
      '--data-dir',
      folder,
      '--server',
      part(/--server '([^']+)'/),
      '--fingerprint',
      part(/--fingerprint '([^']+)'/),
    ],
    { stdio: 'ignore' },
  )
  try {
    await expect(page.getByText('attic has joined')).toBeVisible({ timeout: 60_000 })
    await lookAtAll('add-machine-done')
    await page.getByRole('link', { name: 'Open the machine' }).click()
    await expect(page.getByRole('heading', { name: 'attic' })).toBeVisible()
  } finally {
    agent.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  await page.goto(`${url}/admin?section=network`)
  await expect(page.getByText('Reached by the network on port')).toBeVisible()
  await lookAtAll('network-on')
  expect(errors).toEqual([])
})
