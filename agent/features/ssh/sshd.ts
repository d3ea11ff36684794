import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const TIMEOUT_MS = 15_000
const places = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd']

/** sshd must be called by its whole path. Undefined where there is none. */
export const findSshd = (): string | undefined => places.find((place) => existsSync(place))

export type Sshd = ReturnType<typeof createSshd>

/** The machine's SSH server, with its files in `folder`. */
export function createSshd(program: string, folder: string) {
  const config = path.join(folder, 'sshd_config')
  const ask = async (...args: string[]) => {
    try {
      return (await exec(program, ['-f', config, ...args], { timeout: TIMEOUT_MS, maxBuffer: 4 * 1024 * 1024 })).stdout
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
      throw new Error(said.split('\n').slice(-2).join(' ') || 'sshd did not answer', { cause: error })
    }
  }

  async function settings(): Promise<Map<string, string>> {
    const lines = (await ask('-T')).split('\n')
    return new Map(
      lines.map((line): [string, string] => {
        const at = line.indexOf(' ')
        return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
      }),
    )
  }

  async function reloadByService(): Promise<boolean> {
    if (!existsSync('/run/systemd/system')) return false
    for (const unit of ['ssh', 'sshd']) {
      const isActive = await exec('systemctl', ['is-active', '--quiet', unit], { timeout: TIMEOUT_MS }).then(
        () => true,
        () => false,
      )
      if (!isActive) continue
      await exec('systemctl', ['reload', unit], { timeout: TIMEOUT_MS })
      return true
    }
    return false
  }

  return {
    config,
    /** Rejects with sshd's own words when it would not start with its configuration. */
    check: async () => void (await ask('-t')),
    /** What holds for everybody, by the lower-case name of the setting. */
    settings,
    /** Open sessions go on; what comes after is served by the new configuration. Nothing to do where none runs. */
    async reload(): Promise<void> {
      if (await reloadByService()) return
      const file = (await settings()).get('pidfile') ?? '/run/sshd.pid'
      if (!existsSync(file)) return
      const pid = Number(readFileSync(file, 'utf8').trim())
      // The number may be another program's by now.
      const name = `/proc/${pid}/comm`
      if (pid > 1 && existsSync(name) && readFileSync(name, 'utf8').trim() === 'sshd') process.kill(pid, 'SIGHUP')
    },
  }
}
