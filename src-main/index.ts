// The desktop app: starts the control plane in this process and shows it in one window. Whatever has logic is in the files beside
// this one, in functions that take what they need; here they meet Electron.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, ipcMain, Menu, Notification, powerMonitor, session, shell, Tray } from 'electron'
import { startServer } from '#server/start'
import { createApi } from './api.ts'
import { answerCalls } from './ipc.ts'
import { findMasterKey, loadKeychain } from './keychain.ts'
import { log } from './log.ts'
import { breakage, quitAnswer, quitQuestion, startFailure, updateOffer } from './dialogs.ts'
import { applicationMenu } from './menu.ts'
import { type Say, wordsFor } from './messages.ts'
import { guardNavigation } from './navigation.ts'
import { crashNote } from './notifications.ts'
import { guardPermissions } from './permissions.ts'
import { findPlaces } from './places.ts'
import { createQuit, stopServers } from './quit.ts'
import { isActive, type ServerLine } from './servers.ts'
import { desktopConfig } from './settings.ts'
import { isOnlyInstance } from './single-instance.ts'
import { startOnFreePort } from './start-server.ts'
import { trayMenu, trayTitle } from './tray.ts'
import { keepUpdated } from './updater.ts'
import { watchServers } from './watch-servers.ts'
import { createWindow } from './window.ts'

/** Shown by a second copy of the app, the dock, the tray; before there is a window, nothing. */
let show: () => void = () => undefined

async function run(say: Say): Promise<void> {
  const places = findPlaces({
    isPackaged: app.isPackaged,
    root: app.getAppPath(),
    resourcesPath: process.resourcesPath,
  })
  const config = desktopConfig(process.argv, process.env, places)
  const iconsDir = join(places.resourcesDir, 'icons')
  const masterKey = await findMasterKey(await loadKeychain(), config.dataDir)
  const server = await startOnFreePort(startServer, masterKey ? { ...config, masterKey } : config)
  const { origin } = new URL(server.url)

  // The locks come before the first page.
  const openOutside = (link: string) => void shell.openExternal(link).catch((error: unknown) => log(String(error)))
  app.on('web-contents-created', (_, contents) => guardNavigation(contents, origin, openOutside))
  guardPermissions(session.defaultSession, origin)
  answerCalls(ipcMain, origin, { takeDesktopSecret: server.issueDesktopSecret })

  const window = createWindow({
    url: server.url,
    preload: join(import.meta.dirname, '..', 'preload', 'index.cjs'),
    stateFile: join(app.getPath('userData'), 'window.json'),
    iconsDir,
  })
  show = () => {
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }
  const openServer = (id: string) => {
    show()
    void window.loadURL(new URL(`/servers/${id}`, server.url).href)
  }
  app.on('activate', show)

  // What runs: in the tray, and as a notification when it crashes.
  const tray = new Tray(join(iconsDir, process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'))
  const requestQuit = () => void quit.request()
  const showInTray = (servers: readonly ServerLine[]) => {
    tray.setToolTip(trayTitle(servers, say))
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(servers, say, { open: show, openServer, quit: requestQuit })))
  }
  showInTray([])
  // On macOS a click opens the menu.
  if (process.platform !== 'darwin') tray.on('click', show)
  const api = createApi(server.url, server.issueDesktopSecret)
  const watch = watchServers({
    api,
    onChange: showInTray,
    onCrash: (crashed) => {
      if (!Notification.isSupported()) return
      const note = new Notification(crashNote(crashed, say))
      note.on('click', () => openServer(crashed.id))
      note.show()
    },
  })

  // Leaving.
  let closing: Promise<void> | undefined
  let hasClosed = false
  const close = (how: { stopAgent: boolean }) =>
    (closing ??= (async () => {
      watch.close()
      await server.close(how).catch((error: unknown) => log(String(error)))
      hasClosed = true
    })())
  const quit = createQuit({
    look: watch.look,
    ask: async (running, stubborn) => quitAnswer(await dialog.showMessageBox(quitQuestion(running, stubborn, say))),
    stop: (servers) => stopServers(servers, { api, look: watch.look }),
    leave: async (how) => {
      await close(how)
      app.exit(0)
    },
  })
  app.on('before-quit', (event) => {
    if (hasClosed) return
    event.preventDefault()
    requestQuit()
  })
  let hasSaidHidden = false
  window.on('close', (event) => {
    if (hasClosed || quit.isLeaving()) return
    event.preventDefault()
    if (process.platform !== 'darwin' && !watch.list().some(isActive)) return requestQuit()
    window.hide()
    if (hasSaidHidden || process.platform === 'darwin' || !Notification.isSupported()) return
    hasSaidHidden = true
    new Notification({ title: say('hiddenTitle'), body: say('hiddenDetail') }).show()
  })
  window.on('session-end', () => void quit.now())
  powerMonitor.on('shutdown', () => void quit.now())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void quit.now())

  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      applicationMenu({
        platform: process.platform,
        isDev: !app.isPackaged,
        say,
        quit: requestQuit,
        reload: () => window.reload(),
        openDocumentation: () => openOutside(new URL('/v1/openapi.json', server.url).href),
      }),
    ),
  )

  if (!app.isPackaged) return
  // Loaded now because it is large and no start waits for it.
  const { default: updater } = await import('electron-updater')
  keepUpdated(updater.autoUpdater, {
    offer: async (version) => (await dialog.showMessageBox(window, updateOffer(version, say))).response === 0,
    prepare: () => close({ stopAgent: false }),
    log,
  })
}

function fail(error: unknown, say: Say): void {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  dialog.showErrorBox(say('cannotStart'), startFailure(error, say))
  app.exit(1)
}

/** An error that nobody caught leaves the server in a state that nobody knows. Its servers go on under their agent. */
function breakOff(error: unknown, say: Say): void {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  if (dialog.showMessageBoxSync(breakage(error, say)) === 0) app.relaunch()
  app.exit(1)
}

function begin(): void {
  app.enableSandbox()
  // Each data folder has its own window, its own memory of it, and its own single instance.
  const { dataDir } = desktopConfig(process.argv, process.env, {
    rendererDir: null,
    resourcesDir: '',
    agentCommand: [],
  })
  const userData = join(dataDir, 'window')
  mkdirSync(userData, { recursive: true, mode: 0o700 })
  app.setPath('userData', userData)
  if (!isOnlyInstance(app, () => show())) return app.quit()

  void app.whenReady().then(async () => {
    const say = wordsFor(app.getLocale())
    await run(say).then(
      () => {
        process.on('uncaughtException', (error) => breakOff(error, say))
        process.on('unhandledRejection', (error) => breakOff(error, say))
      },
      (error: unknown) => fail(error, say),
    )
  })
}

try {
  begin()
} catch (error) {
  fail(error, wordsFor(app.getLocale()))
}
