import type { MenuItemConstructorOptions } from 'electron'
import type { Say } from './messages.ts'

type Shape = {
  platform: NodeJS.Platform
  isDev: boolean
  say: Say
  quit: () => void
  reload: () => void
  openDocumentation: () => void
}

/** The application menu. Standard entries are roles, so that the system words and wires them. */
export function applicationMenu({
  platform,
  isDev,
  say,
  quit,
  reload,
  openDocumentation,
}: Shape): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  const quitItem: MenuItemConstructorOptions = { label: say('quit'), accelerator: 'CmdOrCtrl+Q', click: quit }
  return [
    isMac
      ? {
          role: 'appMenu',
          submenu: [
            { role: 'about' },
            { type: 'separator' },
            { role: 'services' },
            { type: 'separator' },
            { role: 'hide' },
            { role: 'hideOthers' },
            { role: 'unhide' },
            { type: 'separator' },
            quitItem,
          ],
        }
      : { label: say('file'), submenu: [{ role: 'close' }, { type: 'separator' }, quitItem] },
    {
      label: say('edit'),
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: say('view'),
      submenu: [
        // Ctrl+R belongs to the shell in a console, so reloading has a key in development only.
        ...(isDev
          ? ([{ role: 'reload' }, { role: 'forceReload' }, { role: 'toggleDevTools' }] as const)
          : [{ label: say('reload'), click: reload }]),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    {
      label: say('window'),
      submenu: [
        { role: 'minimize' },
        ...(isMac ? ([{ role: 'zoom' }, { type: 'separator' }, { role: 'front' }] as const) : []),
      ],
    },
    { role: 'help', label: say('help'), submenu: [{ label: say('documentation'), click: openDocumentation }] },
  ]
}
