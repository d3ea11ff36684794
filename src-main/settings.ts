import { type Config, type Places, readConfig } from '#server/config'

const own = /^--(host|port|data-dir)(=|$)/

/** The flags that are ours among those of Electron and Chromium. */
export function ownFlags(argv: readonly string[]): string[] {
  return argv.flatMap((arg, at) => {
    if (!own.test(arg)) return []
    const value = argv[at + 1]
    return arg.includes('=') || value === undefined ? [arg] : [arg, value]
  })
}

/** The desktop heeds the same flags and environment as the headless server, so that both find the same data. */
export function desktopConfig(argv: readonly string[], env: NodeJS.ProcessEnv, places: Places): Config {
  return readConfig(ownFlags(argv), env, places)
}
