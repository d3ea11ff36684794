import { networkInterfaces } from 'node:os'
import type { Config } from '#server/config'
import { inBrackets } from './hosts.ts'

const wildcard = new Set(['0.0.0.0', '::'])

/** An address of this machine that others can reach, for when we listen on all of them. */
const ownAddress = () =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? 'localhost'

/**
 * Where our own pages are, without a slash at the end. Never taken from a request: whoever asks for a link must not say where it
 * leads. Links that others get lead to `network` where that is switched on.
 */
export function createBaseUrl(
  config: Pick<Config, 'host' | 'publicUrl'>,
  port: () => number,
  network: () => string | null = () => null,
): () => string {
  if (config.publicUrl !== null) {
    const given = config.publicUrl.replace(/\/+$/, '')
    return () => given
  }
  return () => {
    const host = wildcard.has(config.host) ? ownAddress() : config.host
    return network() ?? `http://${inBrackets(host)}:${port()}`
  }
}
