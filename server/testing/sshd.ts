import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

const SSHD = '/usr/sbin/sshd'
export const hasSshd = existsSync(SSHD) && process.getuid?.() === 0

const keygen = (...args: string[]) => execFileSync('ssh-keygen', args, { stdio: ['ignore', 'ignore', 'pipe'] })

const answersOn = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

type SignOptions = { principals?: string[]; validity?: string; extensions?: string[]; serial?: string }

/** A real sshd on the loopback with a host key and a CA of its own, for one test. Principals are what `principals` says for each login. */
export async function startSshd({ principals = { root: ['root'] } }: { principals?: Record<string, string[]> } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-sshd-'))
  const at = (name: string) => join(folder, name)
  keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('ssh_host_ed25519_key'))
  keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('ca'))
  mkdirSync(at('principals'))
  for (const [login, names] of Object.entries(principals)) {
    writeFileSync(join(at('principals'), login), `${names.join('\n')}\n`)
  }
  mkdirSync('/run/sshd', { recursive: true })
  const port = await freePort()
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('ssh_host_ed25519_key')}`,
      `PidFile ${at('pid')}`,
      `TrustedUserCAKeys ${at('ca.pub')}`,
      `AuthorizedPrincipalsFile ${at('principals')}/%u`,
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'MaxStartups 100',
      'Subsystem sftp internal-sftp',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  )
  let child: ReturnType<typeof spawn> | undefined
  async function start() {
    child = spawn(SSHD, ['-D', '-f', at('sshd_config'), '-E', at('log')], { stdio: 'ignore' })
    while (!(await answersOn(port))) {
      if (child.exitCode !== null) throw new Error(readFileSync(at('log'), 'utf8'))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  async function stop() {
    child?.kill()
    while (await answersOn(port)) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await start()
  return {
    folder,
    port,
    start,
    stop,
    hostKey: () => readFileSync(at('ssh_host_ed25519_key.pub'), 'utf8').trim(),
    caKey: () => readFileSync(at('ca.pub'), 'utf8').trim(),
    log: () => readFileSync(at('log'), 'utf8'),
    /** What it accepts from now on: the CA keys, and the principals of a login. */
    trust(caKeys: string, login: string, names: readonly string[]) {
      writeFileSync(at('ca.pub'), caKeys)
      writeFileSync(join(at('principals'), login), `${names.join('\n')}\n`)
    },
    /** Gives it another host key; effective from its next start. */
    changeHostKey() {
      rmSync(at('ssh_host_ed25519_key'))
      keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('ssh_host_ed25519_key'))
    },
    /** Signs a public key with its CA. */
    sign(
      publicKey: string,
      {
        principals: names = ['root'],
        validity = '-1m:+10m',
        extensions = ['permit-pty'],
        serial = '1',
      }: SignOptions = {},
    ): string {
      const file = at('signed.pub')
      writeFileSync(file, `${publicKey}\n`)
      const options = ['clear', ...extensions].flatMap((name) => ['-O', name])
      keygen('-q', '-s', at('ca'), '-I', 'test', '-z', serial, '-n', names.join(','), '-V', validity, ...options, file)
      return readFileSync(at('signed-cert.pub'), 'utf8').trim()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      // A session of it may be writing its last line.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}
export type Sshd = Awaited<ReturnType<typeof startSshd>>
