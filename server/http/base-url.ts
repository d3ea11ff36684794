import { networkInterfaces } from 'node:os'
import type { Config } from '#server/config'

const wildcard = new Set(['0.0.0.0', '::'])

/** An address of this machine that others can reach, for when we listen on all of them. */
const ownAddress = () =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? 'localhost'

/**
 * Where links in mails and invitations lead, without a slash at the end. Never taken from a request: whoever asks for a link must
 * not say where it leads.
 */
export function createBaseUrl(config: Pick<Config, 'host' | 'publicUrl'>, port: () => number): () => string {
  if (config.publicUrl !== null) {
    const given = config.publicUrl.replace(/\/+$/, '')
    return () => given
  }
  return () => {
    const host = wildcard.has(config.host) ? ownAddress() : config.host
    return `http://${host.includes(':') ? `[${host}]` : host}:${port()}`
  }
}
