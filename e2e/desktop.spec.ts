import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, expect, test } from '@playwright/test'
import { electronProgram, whyNoWindow } from '../build/window.ts'

// The real program in a real window. It runs where both can be, and says why where they cannot.

const root = join(import.meta.dirname, '..')
const program = electronProgram(root)
// Root may run a test's window, without Chromium's own sandbox; `npm start` would refuse.
const obstacle = whyNoWindow({ platform: process.platform, env: process.env, uid: 1000 })
test.skip(!program, 'Electron’s program is not in node_modules/electron/dist')
test.skip(obstacle !== undefined, obstacle ?? '')

const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const person = { email: 'owner@example.com', password: 'correct horse battery' }
let dataDir = ''
let app: ElectronApplication

async function launch(): Promise<ElectronApplication> {
  return _electron.launch({
    ...(program && { executablePath: program }),
    args: [root, ...args, '--data-dir', dataDir, '--port', '0'],
    env: { ...process.env, SHARDLYN_LOCAL_NODE: 'off', SHARDLYN_LOG_LEVEL: 'silent' } as Record<string, string>,
  })
}

test.beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-desktop-'))
  app = await launch()
})
test.afterEach(async () => {
  await app.close()
  rmSync(dataDir, { recursive: true, force: true })
})

test('the window shows the dashboard under every lock', async () => {
  const page = await app.firstWindow()
  await page.waitForLoadState('domcontentloaded')
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)

  const preferences = await app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => {
      const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag, allowRunningInsecureContent } = (
        contents as unknown as { getLastWebPreferences: () => Record<string, unknown> }
      ).getLastWebPreferences()
      return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag, allowRunningInsecureContent }
    }),
  )
  expect(preferences).toEqual([
    {
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
    },
  ])
  expect(
    await page.evaluate(() => [
      typeof require,
      typeof process,
      Object.keys((window as unknown as { shardlyn: object }).shardlyn),
    ]),
  ).toEqual(['undefined', 'undefined', ['platform', 'takeDesktopSecret']])
})

test('no page leads out of the window', async () => {
  const page = await app.firstWindow()
  await page.waitForLoadState('domcontentloaded')
  const home = page.url()
  // What would go to the system's browser is caught, so that no test opens one.
  await app.evaluate(({ shell }) => {
    shell.openExternal = async () => undefined
  })
  for (const address of [
    'https://example.com/',
    'file:///etc/passwd',
    'data:text/html,x',
    'javascript:void(document.title="x")',
  ]) {
    await page.evaluate((href) => {
      const link = document.createElement('a')
      link.href = href
      document.body.append(link)
      link.click()
      window.open(href)
    }, address)
  }
  await expect.poll(() => app.windows().length).toBe(1)
  expect(new URL(page.url()).origin).toBe(new URL(home).origin)
  const answers = await page.evaluate(async () => {
    const ask = (name: string) =>
      navigator.permissions.query({ name: name as PermissionName }).then(({ state }) => state)
    return Promise.all(['geolocation', 'camera', 'microphone', 'notifications'].map(ask))
  })
  expect(answers).toEqual(['denied', 'denied', 'denied', 'denied'])
})

test('the owner is signed in without typing, again after a restart', async () => {
  const first = await app.firstWindow()
  await first.waitForLoadState('domcontentloaded')
  const made = await first.evaluate(async (body) => {
    const response = await fetch('/v1/auth/bootstrap', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return response.status
  }, person)
  expect(made).toBe(201)
  await app.close()

  app = await launch()
  const second = await app.firstWindow()
  await expect(second.getByRole('navigation').first()).toBeVisible()
  expect(new URL(second.url()).pathname).not.toMatch(/sign-in|set-up/)
})

test('a second copy shows the first one’s window and goes', async () => {
  await app.firstWindow()
  const second = await launch().catch(() => undefined)
  await second?.waitForEvent('close').catch(() => undefined)

  expect(app.windows()).toHaveLength(1)
})
