import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const IMAGE = 'shardlyn-test/busybox:1'
const COMMANDS = ['sh', 'sleep', 'cat', 'echo', 'ls', 'seq', 'kill', 'head', 'dd', 'true', 'false', 'nc', 'id', 'env']

/** Whether a Docker engine answers here. */
export const hasEngine = () =>
  spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore' }).status === 0

/** A small image made of this machine's busybox, since there is no registry to pull from; null where there is no engine or no busybox. */
export function busyboxImage(): string | null {
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path))
  if (!busybox || !hasEngine()) return null
  if (spawnSync('docker', ['image', 'inspect', IMAGE], { stdio: 'ignore' }).status === 0) return IMAGE
  const root = mkdtempSync(join(tmpdir(), 'shardlyn-image-'))
  try {
    for (const folder of ['bin', 'tmp', 'data', 'etc', 'proc', 'sys', 'dev', 'mnt']) mkdirSync(join(root, folder))
    copyFileSync(busybox, join(root, 'bin', 'busybox'))
    for (const name of COMMANDS) symlinkSync('busybox', join(root, 'bin', name))
    const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 })
    execFileSync(
      'docker',
      ['import', '-c', 'ENV PATH=/bin', '-c', 'WORKDIR /data', '-c', 'CMD ["/bin/sh"]', '-', IMAGE],
      { input: tar, stdio: ['pipe', 'ignore', 'inherit'] },
    )
    return IMAGE
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
