import { hostname, networkInterfaces } from 'node:os'
import type { Config } from '#server/config'

/** Decides which `Host` and `Origin` are ours. Any web page can reach localhost, and DNS can be rebound to it. */
export type HostGuard = { isOwnHost: (host: string | undefined) => boolean; isOwnOrigin: (origin: string) => boolean }

const wildcard = new Set(['0.0.0.0', '::'])

export function createHostGuard(config: Pick<Config, 'host' | 'publicUrl'>, port: () => number): HostGuard {
  const names = new Set(['localhost', '127.0.0.1', '[::1]'])
  if (wildcard.has(config.host)) {
    names.add(hostname().toLowerCase())
    for (const { address, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
      names.add(family === 'IPv6' ? `[${address}]` : address)
    }
  } else {
    names.add(config.host.includes(':') ? `[${config.host}]` : config.host.toLowerCase())
  }
  const publicUrl = config.publicUrl === null ? null : new URL(config.publicUrl)

  const isOwnHost = (host: string | undefined) => {
    if (!host) return false
    const lower = host.toLowerCase()
    if (publicUrl && lower === publicUrl.host) return true
    const at = lower.lastIndexOf(':')
    const hasPort = at > lower.lastIndexOf(']')
    return names.has(hasPort ? lower.slice(0, at) : lower) && Number(hasPort ? lower.slice(at + 1) : 80) === port()
  }
  return {
    isOwnHost,
    isOwnOrigin(origin) {
      const url = URL.parse(origin)
      if (!url || url.origin !== origin) return false
      if (publicUrl && origin === publicUrl.origin) return true
      return url.protocol === 'http:' && isOwnHost(url.host)
    },
  }
}
