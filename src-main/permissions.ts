import type { Session } from 'electron'

/** What our page may do beyond showing itself: put text on the clipboard, and fill the screen with a console. */
const granted = new Set(['clipboard-sanitized-write', 'fullscreen'])

export function isGranted(permission: string, requester: string, ownOrigin: string): boolean {
  return granted.has(permission) && URL.parse(requester)?.origin === ownOrigin
}

type Guarded = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on'
>

/** Electron grants everything that nobody refuses; this refuses everything that is not named above. */
export function guardPermissions(session: Guarded, ownOrigin: string): void {
  session.setPermissionRequestHandler((_, permission, answer, { requestingUrl, isMainFrame }) => {
    answer(isMainFrame && isGranted(permission, requestingUrl, ownOrigin))
  })
  session.setPermissionCheckHandler((_, permission, origin, { isMainFrame }) => {
    return isMainFrame && isGranted(permission, origin, ownOrigin)
  })
  session.setDevicePermissionHandler(() => false)
  // Downloads of our own pages: logs, exports, files. A blob: address carries its maker's origin.
  session.on('will-download', (event, item) => {
    if (URL.parse(item.getURL())?.origin !== ownOrigin) event.preventDefault()
  })
}
