/** What a line of an OpenSSH public key says of itself: `ssh-ed25519 AAAA… ana@laptop`. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._@-]*$/

export const isKeyName = (name: string): boolean => NAME.test(name) && name.length <= 60

/** A name for the key from its comment; empty when it has none that would do. */
export function nameFromKey(line: string): string {
  const comment = line.trim().split(/\s+/).slice(2).join(' ').slice(0, 60)
  return isKeyName(comment) ? comment : ''
}
