import type { Duplex } from 'node:stream'
import ssh2, { type AuthenticationType, type ClientChannel, type ServerHostKeyAlgorithm } from 'ssh2'
import { type AppError, conflict, unavailable } from '#server/errors'
import { type SessionKey, useCertificate } from './certificate-login.ts'
import { hostKeyChanged } from './changed-key.ts'
import { fingerprintOf, type HostKey } from './host-keys.ts'

const READY_MS = 20_000
const KEEPALIVE_MS = 15_000
const KEEPALIVES_UNANSWERED = 3
/** ssh2 tells the other side of a window of 2 MiB and takes more all the same; whoever sends more is cut. */
const MAX_UNREAD = 8 * 1024 * 1024
/** What is typed and the machine does not take. */
const MAX_UNSENT = 256 * 1024

export type Size = { cols: number; rows: number }
export type ShellEnd = {
  exit_code: number | null
  signal: string | null
  /** True: the shell ended. False: the connection did. */
  exited: boolean
  detail: string | null
}
export type Shell = {
  /** What the shell prints; paused by not being read. */
  output: ClientChannel
  /** False when it could not be taken: too much waits already. */
  write: (data: Buffer) => boolean
  resize: (size: Size) => void
  ended: Promise<ShellEnd>
  close: () => void
}
type Options = {
  /** A connection to the machine's sshd. It is destroyed when the shell ends. */
  wire: Duplex
  login: string
  key: SessionKey
  certificate: string
  hostKeys: readonly HostKey[]
  size: Size
  /** Whether sshd there is known to trust our certificates. */
  isTrusted: boolean
}

const algorithmsOf = (hostKeys: readonly HostKey[]): ServerHostKeyAlgorithm[] =>
  [...new Set(hostKeys.map(({ type }) => type))].flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type as ServerHostKeyAlgorithm],
  )

const closedEarly = () =>
  unavailable('sshd_unreachable', 'The SSH server of the machine closed the connection before the login. Try again.')

function refusal(login: string, isTrusted: boolean): AppError {
  return isTrusted
    ? conflict(
        'ssh_login_refused',
        `The machine does not let ${login} in. Check that this account exists there and that its SSH server lets it log in.`,
      )
    : conflict(
        'ssh_not_trusted',
        `The machine does not let ${login} in: its SSH server does not trust our certificates yet. Allow that on the machine, with --enable-ssh-ca of the installer or in its sshd_config.`,
      )
}

/** Logs in to an sshd with a certificate, under a terminal. Rejects with an AppError in words for people. */
export function openShell({ wire, login, key, certificate, hostKeys, size, isTrusted }: Options): Promise<Shell> {
  const client = new ssh2.Client()
  const ended = Promise.withResolvers<ShellEnd>()
  const opened = Promise.withResolvers<Shell>()
  let stranger: string | undefined
  let failure: AppError | undefined
  let exit: Pick<ShellEnd, 'exit_code' | 'signal'> | undefined
  let channel: ClientChannel | undefined

  const close = () => {
    client.end()
    wire.destroy()
  }
  const fail = (error: AppError) => {
    failure ??= error
    opened.reject(failure)
    close()
  }
  function settle() {
    opened.reject(failure ?? closedEarly())
    ended.resolve({
      exit_code: exit?.exit_code ?? null,
      signal: exit?.signal ?? null,
      exited: exit !== undefined,
      detail: exit === undefined ? (failure?.message ?? null) : null,
    })
    close()
  }
  function fromError(error: Error & { level?: string }): AppError {
    if (stranger !== undefined) return hostKeyChanged(stranger)
    if (error.level === 'client-authentication') return refusal(login, isTrusted)
    if (error.level === 'client-timeout') {
      return unavailable('sshd_unreachable', 'The SSH server of the machine did not answer in time. Try again.', error)
    }
    if (!channel && error.message.startsWith('Connection lost')) return closedEarly()
    if (channel) return unavailable('ssh_lost', 'The connection to the SSH server of the machine was lost.', error)
    return unavailable(
      'ssh_unusable',
      'What answers there does not speak SSH as it should. Check the SSH server of the machine and its port.',
      error,
    )
  }

  wire.on('error', () => {})
  // Not every way in which a connection ends is told by ssh2.
  wire.once('close', settle)
  client.on('error', (error) => fail(fromError(error)))
  client.once('close', settle)
  client.once('ready', () => {
    client.shell({ term: 'xterm-256color', ...size, width: 0, height: 0 }, (error, made) => {
      if (error) {
        return fail(
          conflict('ssh_no_terminal', 'The SSH server of the machine refused to open a terminal for this login.'),
        )
      }
      channel = made
      made.stderr.resume()
      made.on('exit', (code: number | null, signal?: string) => {
        exit = { exit_code: typeof code === 'number' ? code : null, signal: signal ?? null }
      })
      made.once('close', settle)
      wire.on('data', () => {
        if (made.readableLength <= MAX_UNREAD) return
        fail(unavailable('ssh_unusable', 'The SSH server of the machine sent more than it was allowed to.'))
        made.destroy()
      })
      opened.resolve({
        output: made,
        write(data) {
          if (made.writableLength + data.length > MAX_UNSENT) return false
          made.write(data)
          return true
        },
        resize: ({ cols, rows }) => made.setWindow(rows, cols, 0, 0),
        ended: ended.promise,
        close,
      })
    })
  })
  client.connect({
    sock: wire as never,
    username: login,
    readyTimeout: READY_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES_UNANSWERED,
    algorithms: {
      serverHostKey: algorithmsOf(hostKeys),
      // Node does these in native code.
      cipher: { prepend: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'], append: [], remove: [] },
    },
    hostVerifier(shown: Buffer) {
      if (hostKeys.some(({ blob }) => blob.equals(shown))) return true
      stranger = fingerprintOf(shown)
      return false
    },
    authHandler: [{ type: 'publickey', username: login, key: key.key } as unknown as AuthenticationType],
  })
  useCertificate(client, certificate)
  return opened.promise
}
