import { hostname, networkInterfaces } from 'node:os'
import type { Config } from '#server/config'

/** The listener that a request came in by: the one of our own, or the one with TLS for the network. */
export type Way = 'local' | 'network'
/** Decides which `Host` and `Origin` are ours. Any web page can reach localhost, and DNS can be rebound to it. */
export type HostGuard = {
  isOwnHost: (host: string | undefined, way: Way) => boolean
  isOwnOrigin: (origin: string, way: Way) => boolean
}
/** Names and addresses in lower case, and the port on which they are ours. */
type Place = { names: ReadonlySet<string>; port: number }

const wildcard = new Set(['0.0.0.0', '::'])
export const inBrackets = (host: string): string => (host.includes(':') ? `[${host}]` : host)

function isAt({ names, port }: Place, host: string, defaultPort: number): boolean {
  const at = host.lastIndexOf(':')
  const hasPort = at > host.lastIndexOf(']')
  return names.has(hasPort ? host.slice(0, at) : host) && Number(hasPort ? host.slice(at + 1) : defaultPort) === port
}

function localNames(host: string): Set<string> {
  const names = new Set(['localhost', '127.0.0.1', '[::1]'])
  if (!wildcard.has(host)) return names.add(inBrackets(host).toLowerCase())
  names.add(hostname().toLowerCase())
  for (const { address } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    names.add(inBrackets(address))
  }
  return names
}

/** `network` is where the other listener is reached while it listens. What is right for one listener is foreign to the other. */
export function createHostGuard(
  config: Pick<Config, 'host' | 'publicUrl'>,
  port: () => number,
  network: () => Place | null,
): HostGuard {
  const names = localNames(config.host)
  const publicUrl = config.publicUrl === null ? null : new URL(config.publicUrl)

  const isOwnHost = (host: string | undefined, way: Way) => {
    if (!host) return false
    const lower = host.toLowerCase()
    if (publicUrl && lower === publicUrl.host) return true
    if (way === 'local') return isAt({ names, port: port() }, lower, 80)
    const place = network()
    return place !== null && isAt(place, lower, 443)
  }
  return {
    isOwnHost,
    isOwnOrigin(origin, way) {
      const url = URL.parse(origin)
      if (!url || url.origin !== origin) return false
      if (publicUrl && origin === publicUrl.origin) return true
      return url.protocol === (way === 'network' ? 'https:' : 'http:') && isOwnHost(url.host, way)
    },
  }
}
