import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { getNode, listNodes, updateNode } from '#contract/nodes'
import { eventually } from '#server/testing/scenario'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { signIn } from './people.ts'
import { expect, test as base } from './stack.ts'

/** A machine whose owner allows terminals. */
const test = base.extend<{ allowed: string }>({
  allowed: async ({ stack }, use) => {
    await stack.signIn()
    const node = await eventually(
      async () => (await stack.client.call(listNodes, { query: {} })).items[0],
      (found) => found?.state === 'healthy',
      'the machine',
    )
    if (!node) throw new Error('There is no machine.')
    const folder = join(stack.dataDir, 'agent')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'agent.json'), '{ "terminal": true }')
    // What its owner allows is read when the agent starts.
    stack.endAgent()
    await eventually(
      () => stack.client.call(getNode, { params: { id: node.id } }),
      ({ features, state }) => features.terminal && state === 'healthy',
      'the machine to allow terminals',
    )
    await use(node.id)
  },
})

const rows = (page: Page) => page.locator('.xterm-rows:visible')

test('a shell is typed into, is still there after a reload, and ends', async ({ page, stack, allowed }) => {
  test.setTimeout(240_000)
  const errors = collectErrors(page)
  await stack.client.call(updateNode, { params: { id: allowed }, body: { records_terminals: true } })
  await signIn(page, stack.server.url)
  await page.goto(`${stack.server.url}/machines/${allowed}?tab=terminal`)
  await page.getByRole('button', { name: 'Open a terminal' }).click()
  await expect(page.getByText('Recorded', { exact: true })).toBeVisible()
  await page.keyboard.type('n=41; echo "the answer is $((n+1))"\n')
  await expect(rows(page)).toContainText('the answer is 42')
  await page.reload()
  await expect(rows(page)).toContainText('the answer is 42')
  await page.locator('.xterm:visible').click()
  await page.keyboard.type('echo "still $((n+2)) here"\n')
  await expect(rows(page)).toContainText('still 43 here')

  await page.getByRole('button', { name: 'Open another terminal' }).click()
  await expect(page.getByRole('tab', { name: 'Terminal 2' })).toHaveAttribute('aria-selected', 'true')
  await expect(page.locator('.xterm:visible textarea')).toBeFocused()
  await expect(rows(page)).toContainText(/[$#]/)
  await page.keyboard.type('exit 3\n')
  await expect(page.getByText('The shell ended with exit code 3.')).toBeVisible()
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, 'terminal-ended', form)
  }
  await page.getByRole('button', { name: 'Close terminal 2' }).click()
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, 'terminal', form)
  }
  await takeForm(page, forms[0])
  await page.getByRole('button', { name: 'Close terminal 1' }).click()
  await page.getByRole('button', { name: 'Play the recording' }).first().click()
  await expect(page.getByRole('dialog')).toContainText('Recording of')
  await page
    .getByRole('button', { name: 'Pause', exact: true })
    .click()
    .catch(() => {})
  for (const form of forms) {
    await takeForm(page, form)
    await lookAt(page, 'terminal-recording', form)
  }
  await page.keyboard.press('Escape')
  for (const form of forms) {
    await takeForm(page, form)
    await page.goto(`${stack.server.url}/machines/${allowed}?tab=settings`)
    await lookAt(page, 'terminal-settings', form)
    await page.goto(`${stack.server.url}/machines/${allowed}?tab=terminal`)
    await lookAt(page, 'terminal-none', form)
  }
  expect(errors).toEqual([])
})

test('a machine that allows no terminals says how it would', async ({ page, stack }) => {
  await stack.signIn()
  const node = await eventually(
    async () => (await stack.client.call(listNodes, { query: {} })).items[0],
    (found) => found?.state === 'healthy',
    'the machine',
  )
  await signIn(page, stack.server.url)
  for (const form of forms) {
    await takeForm(page, form)
    await page.goto(`${stack.server.url}/machines/${node?.id}?tab=terminal`)
    await expect(page.getByText('This machine allows no terminals')).toBeVisible()
    await lookAt(page, 'terminal-disabled', form)
  }
})
