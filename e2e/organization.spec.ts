import type { Browser, Page } from '@playwright/test'
import type { Instance } from '#contract/instances'
import { suspendUser } from '#contract/users'
import { deployScript, untilState } from '#server/testing/scenario'
import { befriend, chosenOnly, signIn } from './people.ts'
import { expect, type Stack, test, testPerson } from './stack.ts'

const echo = `console.log('ready to be watched'); process.stdin.on('data', (data) => console.log('heard ' + String(data).trim())); setInterval(() => {}, 1000)`

async function watched(stack: Stack, name: string): Promise<Instance> {
  await stack.signIn()
  const { instance } = await deployScript(stack.client, name, echo)
  return untilState(stack.client, instance.id, 'running')
}

/** A window of their own, as on another computer. */
async function signInAs(browser: Browser, url: string, person: { email: string; password: string }) {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, url, person)
  return page
}

const output = (page: Page) => page.locator('.xterm-rows')
const place = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true })

test('who is suspended while their console is open sees within two seconds that the session has ended', async ({
  browser,
  stack,
}) => {
  const instance = await watched(stack, 'watched')
  const friend = await befriend(stack.client, 'friend@example.com', chosenOnly(instance.id))
  const page = await signInAs(browser, stack.server.url, friend)
  await page.goto(`${stack.server.url}/servers/${instance.id}`)
  await expect(output(page)).toContainText('ready to be watched')

  await stack.client.call(suspendUser, { params: { id: friend.id } })
  await expect(page.getByText('Your session has ended')).toBeVisible({ timeout: 2_000 })
  await expect(output(page)).toHaveCount(0)
})

test('a user sees their own and shared servers, and nothing that they may not use', async ({ browser, stack }) => {
  const shared = await watched(stack, 'shared-one')
  await deployScript(stack.client, 'secret-one', echo)
  const friend = await befriend(stack.client, 'friend@example.com', chosenOnly(shared.id))
  const page = await signInAs(browser, stack.server.url, friend)

  await place(page, 'Servers').click()
  await expect(page.getByRole('heading', { name: 'shared-one' })).toBeVisible()
  await expect(page.getByText('secret-one')).toHaveCount(0)
  await expect(place(page, 'Machines')).toHaveCount(0)
  await expect(place(page, 'Templates')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Stop/ })).toHaveCount(0)

  const member = await befriend(stack.client, 'member@example.com')
  const own = await signInAs(browser, stack.server.url, member)
  await expect(place(own, 'Machines')).toBeVisible()
  await place(own, 'Servers').click()
  await expect(own.getByText('No servers yet')).toBeVisible()
})

test('sharing from the Access tab lets somebody read the console, and type only when told so', async ({
  browser,
  stack,
}) => {
  const instance = await watched(stack, 'shared-later')
  const friend = await befriend(stack.client, 'friend@example.com')
  const host = await signInAs(browser, stack.server.url, testPerson)
  const guest = await signInAs(browser, stack.server.url, friend)
  await place(guest, 'Servers').click()
  await expect(guest.getByText('No servers yet')).toBeVisible()

  await host.goto(`${stack.server.url}/servers/${instance.id}?tab=access`)
  await host.getByLabel('E-mail address of a member').fill('frie')
  await host.getByRole('option', { name: friend.email }).click()
  await host.getByRole('button', { name: 'Share', exact: true }).click()
  await expect(host.getByRole('list', { name: 'Shared with' }).getByText(friend.email)).toBeVisible()

  await guest.getByRole('link', { name: 'shared-later' }).click()
  await expect(output(guest)).toContainText('ready to be watched')
  await expect(guest.getByRole('textbox', { name: 'Command' })).toBeDisabled()
  await expect(guest.getByRole('tab', { name: 'Access' })).toHaveCount(0)

  await host.getByRole('combobox', { name: `What ${friend.email} may do` }).click()
  await host.getByRole('option', { name: 'Operate' }).click()
  await expect(guest.getByRole('button', { name: 'Stop', exact: true })).toBeVisible()
  // The console connects anew with the new rights; what is typed in that moment waits for it.
  await guest.getByRole('textbox', { name: 'Command' }).fill('hello')
  await guest.keyboard.press('Enter')
  await expect(output(guest)).toContainText('heard hello')

  await host.getByRole('button', { name: `Stop sharing with ${friend.email}` }).click()
  await expect(output(guest)).toHaveCount(0)
  // The newest note is the first.
  await host.getByRole('button', { name: 'Undo' }).first().click()
  await expect(host.getByRole('list', { name: 'Shared with' }).getByText(friend.email)).toBeVisible()
})

test('a second organization is made and left again with the keyboard, and shows nothing of the first', async ({
  browser,
  stack,
}) => {
  await watched(stack, 'of-the-first')
  const page = await signInAs(browser, stack.server.url, testPerson)
  const switcher = page.getByRole('button', { name: /^Organization .*: switch to another$/ })
  await expect(page.getByRole('link', { name: 'of-the-first' }).first()).toBeVisible()
  const first = await switcher.innerText()

  await switcher.click()
  await page.getByRole('button', { name: 'Create organization' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Second')
  await page.keyboard.press('Enter')
  await expect(switcher).toHaveText('Second')
  await expect(page.getByText('of-the-first')).toHaveCount(0)

  await switcher.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('option')).toHaveCount(2)
  await expect(page.getByRole('option', { name: /Second/ })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(switcher).toHaveText(first)
  await expect(page.getByRole('link', { name: 'of-the-first' }).first()).toBeVisible()

  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox', { name: 'Search servers, machines, pages and actions' }).fill('switch second')
  await page.keyboard.press('Enter')
  await expect(switcher).toHaveText('Second')
})
