/** The part of electron-updater that we use. */
export type UpdateSource = {
  autoDownload: boolean
  autoInstallOnAppQuit: boolean
  allowDowngrade: boolean
  checkForUpdates: () => Promise<unknown>
  quitAndInstall: () => void
  on: {
    (event: 'update-downloaded', listener: (info: { version: string }) => void): unknown
    (event: 'error', listener: (error: Error) => void): unknown
  }
}

type Deps = {
  /** Asks whether to restart into this version now. */
  offer: (version: string) => Promise<boolean>
  /** Closes the server before the installer takes over. */
  prepare: () => Promise<void>
  log: (text: string) => void
  everyMs?: number
}

const SIX_HOURS = 6 * 3600_000

/** Looks for a newer version now and again, fetches it quietly, and offers to restart once it is here. Never nags, never downgrades. */
export function keepUpdated(source: UpdateSource, { offer, prepare, log, everyMs = SIX_HOURS }: Deps): () => void {
  source.autoDownload = true
  source.autoInstallOnAppQuit = true
  source.allowDowngrade = false
  const offered = new Set<string>()

  // The promise of a check carries the same failure as the event; it is told once.
  source.on('error', (error) => log(`No update: ${error.message}`))
  source.on('update-downloaded', ({ version }) => {
    if (offered.has(version)) return
    offered.add(version)
    offer(version)
      .then(async (wantsNow) => {
        if (!wantsNow) return
        await prepare()
        source.quitAndInstall()
      })
      .catch((error: unknown) => log(`The update could not be installed: ${String(error)}`))
  })

  const check = () => void source.checkForUpdates().catch(() => undefined)
  check()
  const timer = setInterval(check, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
