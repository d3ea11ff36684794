import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Where the screenshots go, for people to look at: SHARDLYN_SHOTS, or nowhere. */
const shots = process.env['SHARDLYN_SHOTS']

export const forms = [
  { name: 'light', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'dark', width: 1280, height: 800, colorScheme: 'dark' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'dark' },
] as const
export type Form = (typeof forms)[number]

export async function takeForm(page: Page, form: Form): Promise<void> {
  await page.setViewportSize(form)
  await page.emulateMedia({ colorScheme: form.colorScheme })
}

/** What goes wrong on a page without being seen. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    // A test that makes machines changes the network under the browser, which asks again by itself.
    if (message.type() === 'error' && !message.text().includes('ERR_NETWORK_CHANGED')) errors.push(message.text())
  })
  return errors
}

/** Colours that are on their way to those of another theme have the contrast of neither. */
const settled = (page: Page) =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    // One that is replaced or paused meanwhile never finishes.
    const late = new Promise((resolve) => setTimeout(resolve, 2000))
    await Promise.race([late, Promise.allSettled(ending.map(({ finished }) => finished))])
  })

/** What is on screen is complete, fits in its width and is accessible. */
export async function lookAt(page: Page, name: string, form: Form): Promise<void> {
  await expect(page.getByRole('heading').first()).toBeVisible()
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  if (shots) {
    mkdirSync(shots, { recursive: true })
    await page.waitForTimeout(700)
    await page.screenshot({ path: join(shots, `${name}-${form.name}.png`) })
  }
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, `${name} scrolls sideways on ${form.name}`).toBe(0)
  await settled(page)
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = serious.map(
    ({ id, nodes }) => `${name} (${form.name}): ${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join(' | ')}`,
  )
  expect.soft(told).toEqual([])
}
