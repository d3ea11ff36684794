const text = { type: 'string' } as const
const yes = { type: 'boolean' } as const

/** The agent's command line. No secret is on it: those come from files or the environment. */
export const agentFlags = {
  server: text,
  'data-dir': text,
  'token-file': text,
  'api-token-file': text,
  name: text,
  label: { type: 'string', multiple: true },
  fingerprint: text,
  version: yes,
  /** For the install script: settings, then joining, then the end. The rest is `AgentSettings`. */
  setup: yes,
  service: text,
  'enable-terminal': yes,
  'disable-terminal': yes,
  'enable-host-files': yes,
  'disable-host-files': yes,
  'host-files-allow-paths': text,
  'host-files-writable': yes,
  'host-files-read-only': yes,
  'enable-ssh-ca': yes,
  'disable-ssh-ca': yes,
  'prefer-ipv4': yes,
  updates: yes,
  'no-updates': yes,
  /** For the install script: ends every server of this machine. */
  purge: yes,
  /** Takes away what we put into the folder of sshd, and ends. */
  'remove-ssh': yes,
} as const

export const usage =
  'Usage: --data-dir DIR [--server URL [--fingerprint sha256//…]] [--token-file FILE] [--api-token-file FILE] [--name NAME] [--label KEY=VALUE]…'
