import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { bootstrap, desktopLogin } from '#contract/auth'

// The shell's wiring, with the real control plane behind it. Only Electron is stood in for: its program is not fetched for tests,
// and e2e/desktop.spec.ts drives the real one where it is.

const electron = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events')
  const nothing = () => undefined

  class Window extends EventEmitter {
    static all: Window[] = []
    readonly options: { webPreferences: Record<string, unknown> }
    readonly webContents = Object.assign(new EventEmitter(), { setWindowOpenHandler: nothing })
    readonly loaded: string[] = []
    readonly calls: string[] = []
    constructor(options: Window['options']) {
      super()
      this.options = options
      Window.all.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
    loadURL = async (url: string) => void this.loaded.push(url)
    getNormalBounds = () => ({ x: 1, y: 2, width: 900, height: 700 })
    isMaximized = () => false
    isMinimized = () => true
    show = () => this.calls.push('show')
    hide = () => this.calls.push('hide')
    focus = () => this.calls.push('focus')
    restore = () => this.calls.push('restore')
  }
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    sandboxed: false,
    enableSandbox: () => (app.sandboxed = true),
    getAppPath: () => process.cwd(),
    getLocale: () => 'en-US',
    paths: {} as Record<string, string>,
    setPath: (name: string, path: string) => (app.paths[name] = path),
    getPath: (name: string) => app.paths[name] ?? '',
    requestSingleInstanceLock: () => true,
    whenReady: async () => undefined,
    exit: (code: number) => app.emit('exited', code),
    quit: nothing,
  })
  const handlers = new Map<string, (event: object, ...args: unknown[]) => unknown>()
  const menus: { label?: string; click?: () => void }[][] = []
  const permissions: string[] = []
  class Tray extends EventEmitter {
    static title = ''
    setToolTip = (title: string) => (Tray.title = title)
    setContextMenu = nothing
  }
  return {
    app,
    Window,
    Tray,
    handlers,
    menus,
    permissions,
    module: {
      app,
      BrowserWindow: Window,
      Tray,
      Menu: {
        buildFromTemplate: (menu: (typeof menus)[number]) => (menus.push(menu), menu),
        setApplicationMenu: nothing,
      },
      Notification: { isSupported: () => false },
      dialog: { showErrorBox: (title: string, text: string) => app.emit('exited', `${title}: ${text}`) },
      ipcMain: { handle: (channel: string, handler: (event: object) => unknown) => handlers.set(channel, handler) },
      nativeTheme: { shouldUseDarkColors: true },
      powerMonitor: new EventEmitter(),
      screen: {
        getAllDisplays: () => [],
        getPrimaryDisplay: () => ({ workArea: { x: 0, y: 0, width: 1600, height: 900 } }),
      },
      session: {
        defaultSession: {
          setPermissionRequestHandler: () => permissions.push('request'),
          setPermissionCheckHandler: () => permissions.push('check'),
          setDevicePermissionHandler: () => permissions.push('device'),
          on: nothing,
        },
      },
      shell: { openExternal: async () => undefined },
    },
  }
})
vi.mock('electron', () => electron.module)
// The keychain of whoever runs the tests is not ours to write to.
vi.mock('keytar', () => {
  throw new Error('no keychain')
})

const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-index-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

test('the app starts the control plane, locks the window, signs its owner in, and leaves cleanly', async () => {
  vi.stubEnv('SHARDLYN_LOCAL_NODE', 'off')
  vi.stubEnv('SHARDLYN_LOG_LEVEL', 'silent')
  process.argv.push('--data-dir', dataDir, '--port', '0')
  await import('./index.ts')
  const window = await vi.waitFor(() => {
    const [first] = electron.Window.all
    if (!first) throw new Error('no window yet')
    return first
  })
  const url = new URL(window.loaded[0] ?? '')

  expect(electron.app.sandboxed).toBe(true)
  expect(electron.permissions).toEqual(['request', 'check', 'device'])
  expect(electron.app.paths['userData']).toBe(join(dataDir, 'window'))
  expect(window.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
  expect(window.webContents.listenerCount('will-navigate')).toBe(1)
  expect(electron.Tray.title).toBe('No servers are running')

  const post = (path: string, body: object) =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post(bootstrap.url, { email: 'owner@example.com', password: 'correct horse' })
  const page = { senderFrame: { url: url.href, parent: null } }
  const secret = await electron.handlers.get('takeDesktopSecret')?.(page)
  expect([
    (await post(desktopLogin.url, { secret })).status,
    (await post(desktopLogin.url, { secret })).status,
  ]).toEqual([200, 403])

  // A second copy brings the first one forward.
  electron.app.emit('second-instance')
  expect(window.calls).toEqual(['restore', 'show', 'focus'])

  // Nothing runs, so closing the window ends the app; the server is gone before the process is.
  const exited = once(electron.app, 'exited')
  let prevented = false
  window.emit('close', { preventDefault: () => (prevented = true) })
  expect([prevented, await exited]).toEqual([true, [0]])
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})
