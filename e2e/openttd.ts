import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hasEngine } from '#server/testing/docker'

const GAME = '/usr/games/openttd'
const BUSYBOX = '/bin/busybox'
/** The image that the template names. There is no registry to pull it from here, so it is made of this machine's packages. */
const OPENTTD_IMAGE = 'bateau/openttd:14.1'
export const hasOpenTtd = () => existsSync(GAME)

const notNeeded = /^\/usr\/share\/(doc|man|applications|icons|pixmaps|menu|bug|lintian)(\/|$)/

/** Every file of the installed packages, and the libraries that the program is linked with. */
function filesOfGame(): string[] {
  const ofPackages = ['openttd', 'openttd-data', 'openttd-opengfx']
    .filter((name) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status === 0)
    .flatMap((name) => execFileSync('dpkg', ['-L', name]).toString().split('\n'))
    .filter(
      (path) => path.startsWith('/') && !notNeeded.test(path) && existsSync(path) && !statSync(path).isDirectory(),
    )
  const libraries =
    execFileSync('ldd', [GAME])
      .toString()
      .match(/\/[^\s)]+/g) ?? []
  return [...new Set([...ofPackages, ...libraries])]
}

/** Builds the game's image from this machine's own packages, once. False where there is no engine or no game. */
export function buildOpenTtdImage(): boolean {
  if (!hasEngine() || !hasOpenTtd() || !existsSync(BUSYBOX)) return false
  if (spawnSync('docker', ['image', 'inspect', OPENTTD_IMAGE], { stdio: 'ignore' }).status === 0) return true
  const root = mkdtempSync(join(tmpdir(), 'shardlyn-openttd-'))
  try {
    for (const folder of ['bin', 'tmp', 'data', 'etc', 'proc', 'sys', 'dev', 'usr/lib64']) {
      mkdirSync(join(root, folder), { recursive: true })
    }
    chmodSync(join(root, 'tmp'), 0o1777)
    chmodSync(join(root, 'data'), 0o777)
    copyFileSync(BUSYBOX, join(root, 'bin', 'busybox'))
    for (const name of ['sh', 'ls', 'cat', 'sleep']) symlinkSync('busybox', join(root, 'bin', name))
    for (const path of filesOfGame()) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      copyFileSync(path, join(root, path))
    }
    writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\ngame:x:1000:1000:game:/data:/bin/sh\n')
    execFileSync('chmod', ['-R', 'a+rX', root])
    const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 512 * 1024 * 1024 })
    const changes = ['WORKDIR /data', 'ENV HOME=/data PATH=/usr/games:/bin', 'CMD ["openttd"]'].flatMap((change) => [
      '-c',
      change,
    ])
    execFileSync('docker', ['import', ...changes, '-', OPENTTD_IMAGE], {
      input: tar,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    return true
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

export type Player = { leave: () => void }

/** A real player without a screen: the game itself, with null drivers, joined to a server. */
export function joinOpenTtd(name: string, port: number): Player {
  const home = mkdtempSync(join(tmpdir(), 'shardlyn-player-'))
  const config = join(home, 'openttd.cfg')
  writeFileSync(config, `[network]\nclient_name = ${name}\n`)
  const child: ChildProcess = spawn(
    GAME,
    ['-c', config, '-n', `127.0.0.1:${port}`, '-v', 'null:ticks=2000000000', '-s', 'null', '-m', 'null'],
    { env: { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home }, stdio: 'ignore' },
  )
  return {
    leave() {
      child.kill('SIGKILL')
      rmSync(home, { recursive: true, force: true })
    },
  }
}
