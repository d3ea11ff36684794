import { join } from 'node:path'
import { BrowserWindow, nativeTheme, screen } from 'electron'
import { keepWindowState, placeWindow, readWindowState, writeWindowState } from './window-state.ts'

type Options = { url: string; preload: string; stateFile: string; iconsDir: string }

/** The one window. It shows pages of our own server and nothing else; what it may do is decided in navigation.ts and permissions.ts. */
export function createWindow({ url, preload, stateFile, iconsDir }: Options): BrowserWindow {
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea)
  const { bounds, isMaximized } = placeWindow(readWindowState(stateFile), areas, screen.getPrimaryDisplay().workArea)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 380,
    minHeight: 480,
    title: 'Shardlyn',
    icon: join(iconsDir, 'icon.png'),
    show: false,
    // The page's own background, so that nothing flashes before it is there.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1116' : '#ffffff',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  keepWindowState(window, (state) => writeWindowState(stateFile, state))
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize()
    window.show()
  })
  recover(window)
  void window.loadURL(url)
  return window
}

/** A page whose process died is loaded again; twice within a minute it is left, because a third time would be no better. */
function recover(window: BrowserWindow): void {
  let diedAt = 0
  window.webContents.on('render-process-gone', (_, { reason }) => {
    if (reason === 'clean-exit' || Date.now() - diedAt < 60_000) return
    diedAt = Date.now()
    window.reload()
  })
}
