import type { App } from 'electron'

/** True for the first copy of the app. A second one ends at once, and the first is told to show itself. */
export function isOnlyInstance(app: Pick<App, 'requestSingleInstanceLock' | 'on'>, show: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', show)
  return true
}
