const words = new Set([
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'secrets',
  'token',
  'tokens',
  'credential',
  'credentials',
  'apikey',
])
/** Only at the end of a name: `--db-pass`, not `--pass-through`. */
const endings = new Set(['pass', 'pw', 'auth'])
const pairs = new Set([
  'api key',
  'access key',
  'private key',
  'signing key',
  'encryption key',
  'account key',
  'license key',
])
const within = /password|passwd|secret|apikey|accesskey|token$|pwd$/
/** What these name is where a secret lies or how it is handled, not the secret. */
const harmless = new Set([
  'file',
  'path',
  'dir',
  'fd',
  'ttl',
  'length',
  'type',
  'timeout',
  'policy',
  'expiry',
  'url',
  'uri',
  'endpoint',
  'prompt',
])

/** Whether what bears this name, an option, a variable or a field, is likely a secret. */
export function isSecretName(name: string): boolean {
  const parts = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[-_.]+/)
    .filter(Boolean)
  const last = parts.at(-1) ?? ''
  if (harmless.has(last)) return false
  if (endings.has(last)) return true
  return parts.some((part, index) => words.has(part) || within.test(part) || pairs.has(`${part} ${parts[index + 1]}`))
}
