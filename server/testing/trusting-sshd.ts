import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { createSsh } from '#agent/features/ssh/routes'
import { agentPaths } from '#contract/agent'
import type { SshTrust } from '#contract/ssh'
import { quiet } from './agent.ts'

const PROGRAM = '/usr/sbin/sshd'
/** Why there is no sshd to try; empty where there is. For the name of a test. */
export const sshdMissing: string =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? ', skipped: needs root on Linux'
    : existsSync(PROGRAM) && spawnSync('ssh-keygen', ['-?']).error === undefined
      ? ''
      : ', skipped: no OpenSSH server here'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

type Options = { lookMs?: number; config?: string[]; include?: boolean }

/** A real sshd on loopback whose folder is kept by the agent's own code, as on a machine whose owner asked for it. */
export async function trustingSshd({ lookMs = 60_000, config = [], include = true }: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-sshd-'))
  const dataDir = join(folder, 'agent')
  mkdirSync(dataDir)
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'ssh_host_ed25519_key')])
  const port = await freePort()
  const lines = [
    ...(include ? [`Include ${folder}/sshd_config.d/*.conf`] : []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/ssh_host_ed25519_key`,
    `PidFile ${folder}/sshd.pid`,
    'AuthorizedKeysFile none',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'UsePAM no',
    'MaxStartups 200',
    'LogLevel VERBOSE',
    ...config,
  ]
  writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`)
  const ssh = createSsh({
    dataDir,
    settings: { ssh: { manage: true, folder, port } },
    port: () => port,
    log: quiet,
    lookMs,
  })
  await ssh.begun
  const daemon = spawn(PROGRAM, ['-D', '-f', join(folder, 'sshd_config'), '-E', join(folder, 'log')], {
    stdio: 'ignore',
  })
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => (socket.destroy(), resolve(true)))
      socket.on('error', () => resolve(false))
    })
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 20))

  const route = ssh.routes.find(({ path }) => path === agentPaths.sshTrust)
  return {
    port,
    folder,
    dataDir,
    ssh,
    pid: daemon.pid,
    /** As the control plane says it; rejects when the agent refuses. */
    async trust(trust: SshTrust): Promise<void> {
      const request = { params: {}, query: new URLSearchParams(), headers: {}, json: async () => trust }
      await route?.handle(request as unknown as Parameters<typeof route.handle>[0])
    },
    async [Symbol.asyncDispose]() {
      await ssh.close()
      const gone = once(daemon, 'exit')
      daemon.kill('SIGTERM')
      await gone
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}
