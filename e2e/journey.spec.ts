import type { Page } from '@playwright/test'
import { listInstances } from '#contract/instances'
import { buildOpenTtdImage, hasOpenTtd, joinOpenTtd, type Player } from './openttd.ts'
import { expect, test, testPerson } from './stack.ts'

/** As a new user would: open the address, create the administrator. */
async function setUp(page: Page, url: string) {
  await page.goto(url)
  await expect(page.getByRole('heading', { name: 'Set up Shardlyn' })).toBeVisible()
  await page.getByLabel('E-mail address').fill(testPerson.email)
  await page.getByLabel('Password', { exact: true }).fill(testPerson.password)
  await page.getByRole('button', { name: 'Create the administrator' }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
}

const output = (page: Page) => page.locator('.xterm-rows')
const type = async (page: Page, line: string) => {
  await page.getByRole('textbox', { name: 'Command' }).fill(line)
  await page.keyboard.press('Enter')
}

/** A real player joins, and the console says so. The game's own client now and then gives up while it connects, and is started again. */
async function join(page: Page, name: string, port: number, players: Player[]) {
  await expect(async () => {
    players.push(joinOpenTtd(name, port))
    await expect(output(page)).toContainText(`${name} has joined the game`, { timeout: 12_000 })
  }).toPass({ timeout: 60_000 })
}

for (const { runtime, template, isThere, why } of [
  { runtime: 'natively', template: /^Deploy OpenTTD$/, isThere: hasOpenTtd, why: 'OpenTTD is not installed' },
  {
    runtime: 'in a container',
    template: /^Deploy OpenTTD \(container\)$/,
    isThere: buildOpenTtdImage,
    why: 'no Docker engine answers, or OpenTTD is not installed',
  },
]) {
  test(`a new user runs OpenTTD ${runtime}, and two players join`, async ({ page, stack }) => {
    test.skip(!isThere(), why)
    await setUp(page, stack.server.url)

    await page.getByRole('link', { name: 'Machines' }).first().click()
    await expect(page.getByText('Healthy').first()).toBeVisible({ timeout: 30_000 })

    await page.getByRole('link', { name: 'Templates' }).first().click()
    await page.getByRole('link', { name: template }).click()
    await page.getByRole('button', { name: 'Deploy', exact: true }).click()

    await expect(output(page)).toContainText('Map generated', { timeout: 60_000 })
    await expect(page.getByText('Running').first()).toBeVisible()
    await type(page, 'say hello')
    await expect(output(page)).toContainText('[All] Server: hello')

    await stack.client.signIn()
    const { items } = await stack.client.call(listInstances, { query: {} })
    const port = items[0]?.ports[0]?.host_port ?? 0
    const players: Player[] = []
    try {
      for (const name of ['Ana', 'Bruno']) await join(page, name, port, players)
      await type(page, 'clients')
      await expect(output(page)).toContainText(/name: 'Ana'[\s\S]*name: 'Bruno'|name: 'Bruno'[\s\S]*name: 'Ana'/)
    } finally {
      for (const player of players) player.leave()
    }

    await page.getByRole('button', { name: 'Stop', exact: true }).first().click()
    await expect(page.getByText('Stopped').first()).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText(/exit code 0/i).first()).toBeVisible()
  })
}
