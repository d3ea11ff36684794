import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/*
 * Second and third machines on this one. Each has a root file system of its own (an overlay above ours: it sees our programs, and
 * what it writes is its own), a network of its own behind a bridge, a host name, its own processes under an init, and its
 * own sshd when asked for.
 *
 *   test.skipIf(machinesMissing !== '')(`… ${machinesMissing}`, async () => {
 *     await using lan = makeLan()                 // 10.213.N.0/24; we are lan.gateway
 *     await using attic = await lan.machine('attic')
 *     await attic.run('sh', ['-c', 'hostname'])   // rejects with its words when it fails
 *     await attic.write('/etc/motd', 'hello')
 *     await attic.startSshd()                     // port 22, config /etc/ssh/sshd_config of its own
 *     attic.unplug(); attic.plug()
 *   })
 *
 * Something that listens for them must listen on lan.gateway. They reach us and we reach them; each other they reach only where
 * nothing filters bridges (Docker does).
 */

const project = dirname(dirname(import.meta.dirname))
const rootOnly = process.platform !== 'linux' || process.getuid?.() !== 0
const place = mkdtempSync(join(tmpdir(), 'shardlyn-machines-'))
process.on('exit', () => rmSync(place, { recursive: true, force: true }))

const quietly = (program: string, args: readonly string[]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0
const ip = (...args: string[]) => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })

/** Why this machine cannot make others; empty where it can. For the name of a test. */
export const machinesMissing: string = (() => {
  if (rootOnly) return ', skipped: needs root on Linux'
  for (const program of ['ip', 'unshare', 'nsenter', 'busybox']) {
    if (spawnSync(program, ['--help'], { stdio: 'ignore' }).error) return `, skipped: ${program} is not installed`
  }
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => {
    mkdirSync(join(place, 'probe', name), { recursive: true })
    return join(place, 'probe', name)
  }) as [string, string, string]
  const options = `lowerdir=/,upperdir=${upper},workdir=${work}`
  if (!quietly('mount', ['-t', 'overlay', 'overlay', '-o', options, root])) {
    return ', skipped: no overlay file system'
  }
  quietly('umount', [root])
  const name = `sp${process.pid}`
  if (!quietly('ip', ['netns', 'add', name])) return ', skipped: no network namespaces'
  quietly('ip', ['netns', 'del', name])
  return ''
})()

/** A bridge left by a process that is gone. */
function removeDead(bridge: string): void {
  const shown = spawnSync('ip', ['-json', 'link', 'show', bridge], { encoding: 'utf8' })
  const [link] = shown.status === 0 ? (JSON.parse(shown.stdout) as { ifalias?: string }[]) : []
  const owner = Number(link?.ifalias ?? 0)
  if (owner > 0 && !existsSync(`/proc/${owner}`)) quietly('ip', ['link', 'del', bridge])
}

/** A network with us as its gateway. */
export function makeLan() {
  for (let subnet = 0; subnet < 250; subnet++) {
    const bridge = `shb${subnet}`
    removeDead(bridge)
    if (!quietly('ip', ['link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0'])) continue
    ip('link', 'set', bridge, 'alias', String(process.pid))
    const gateway = `10.213.${subnet}.1`
    ip('addr', 'add', `${gateway}/24`, 'dev', bridge)
    ip('link', 'set', bridge, 'up')
    let count = 0
    return {
      gateway,
      /** A machine that is switched on and plugged in. Its name is at most 8 letters. */
      machine: (name: string) => startMachine({ name, bridge, subnet, number: ++count }),
      async [Symbol.asyncDispose]() {
        quietly('ip', ['link', 'del', bridge])
      },
    }
  }
  throw new Error('No network is free for test machines.')
}

type Wiring = { name: string; bridge: string; subnet: number; number: number }

const INIT = `set -e
mount --make-rprivate /
hostname "$2"
mount -t proc proc "$1/proc"
mount --rbind /sys "$1/sys"
mount --rbind /dev "$1/dev"
for folder in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$1/$folder"; done
# The project itself is seen where it lies below one of these too.
case "$3" in /run/* | /tmp/*) mkdir -p "$1$3" && mount --bind "$3" "$1$3" && mount -o remount,bind,ro "$1$3" ;; esac
mkdir -p "$1/run/sshd"
chmod 755 "$1/run" "$1/run/sshd"
exec chroot "$1" /bin/busybox init
`

/** The first process inside: the child that `unshare` forked. */
async function initOf(shell: ChildProcess): Promise<number> {
  const file = `/proc/${shell.pid}/task/${shell.pid}/children`
  for (let tries = 0; tries < 500; tries++) {
    const pid = Number((existsSync(file) ? readFileSync(file, 'utf8') : '').trim().split(' ')[0])
    // It has become init once it is inside its own root.
    if (pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/busybox\0init')) return pid
    if (shell.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('A test machine did not start.')
}

async function startMachine({ name, bridge, subnet, number }: Wiring) {
  const netns = `sh${subnet}-${number}`
  const address = `10.213.${subnet}.${number + 1}`
  const [outer, inner] = [`shv${subnet}-${number}`, `shp${subnet}-${number}`]
  const home = mkdtempSync(join(place, `${name}-`))
  const [upper, work, root] = ['upper', 'work', 'root'].map((folder) => join(home, folder)) as [string, string, string]
  for (const folder of [upper, work, root]) mkdirSync(folder)
  quietly('ip', ['netns', 'del', netns])
  quietly('ip', ['link', 'del', outer])
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', `lowerdir=/,upperdir=${upper},workdir=${work}`, root])
  ip('netns', 'add', netns)
  ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner)
  ip('link', 'set', inner, 'netns', netns)
  ip('link', 'set', outer, 'master', bridge, 'up')
  ip('-n', netns, 'link', 'set', 'lo', 'up')
  ip('-n', netns, 'link', 'set', inner, 'name', 'eth0')
  ip('-n', netns, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
  ip('-n', netns, 'link', 'set', 'eth0', 'up')
  ip('-n', netns, 'route', 'add', 'default', 'via', `10.213.${subnet}.1`)
  writeFileSync(join(root, 'etc', 'hostname'), `${name}\n`)
  writeFileSync(join(root, 'etc', 'inittab'), '::sysinit:/bin/true\n')
  // Host keys are a machine's own.
  for (const type of ['rsa', 'ecdsa', 'ed25519']) {
    rmSync(join(root, 'etc', 'ssh', `ssh_host_${type}_key`), { force: true })
  }

  const args = ['--mount', '--uts', '--pid', '--fork', '--kill-child', 'sh', '-c', INIT, 'sh', root, name, project]
  const shell = spawn('nsenter', [`--net=/run/netns/${netns}`, 'unshare', ...args], { stdio: 'ignore' })
  const init = await initOf(shell)
  const entered = [
    '--target',
    String(init),
    '--mount',
    '--uts',
    '--net',
    '--pid',
    `--root=/proc/${init}/root`,
    '--wd=/',
  ]
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games',
    HOME: '/root',
    LANG: 'C.UTF-8',
  }

  const machine = {
    name,
    address,
    /** Its root as we see it. What is written here may not be seen inside at once; use `write`. */
    root,
    /** Its pid 1, as we number it. */
    init,
    /** What `spawn` needs to run a program inside: prepend to it. */
    enter: ['nsenter', ...entered, '--'] as readonly string[],
    environment,
    spawn: (program: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
      spawn('nsenter', [...entered, '--', program, ...args], {
        env: { ...environment, ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    /** Runs a program to its end and answers what it printed; rejects when it fails, with all it said. */
    async run(
      program: string,
      args: readonly string[] = [],
      { input, env }: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
    ): Promise<string> {
      const child = machine.spawn(program, args, env)
      const [out, all]: [Buffer[], Buffer[]] = [[], []]
      child.stdout.on('data', (chunk: Buffer) => (out.push(chunk), all.push(chunk)))
      child.stderr.on('data', (chunk: Buffer) => all.push(chunk))
      child.stdin.on('error', () => {})
      child.stdin.end(input)
      const [status, signal] = (await once(child, 'close')) as [number | null, string | null]
      if (status === 0) return Buffer.concat(out).toString()
      throw new Error(`${program} on ${name} ended with ${status ?? signal}:\n${Buffer.concat(all).toString()}`)
    },
    read: (path: string) => machine.run('cat', ['--', path]),
    async write(path: string, content: string | Buffer, mode = '0644'): Promise<void> {
      const script = 'mkdir -p "$(dirname "$0")" && cat >"$0" && chmod "$1" "$0"'
      await machine.run('sh', ['-c', script, path, mode], { input: content })
    },
    /** Starts its sshd on port 22 (or another, or `ListenAddress 127.0.0.1` by `options`), with host keys of its own. */
    async startSshd(options: readonly string[] = []): Promise<void> {
      await machine.run('ssh-keygen', ['-A'])
      await machine.run(
        '/usr/sbin/sshd',
        options.flatMap((option) => ['-o', option]),
      )
      for (let tries = 0; tries < 200; tries++) {
        if ((await machine.run('ss', ['-Hltn'])).includes(':')) return
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error('sshd did not listen.')
    },
    /** Pulls its network plug, silently as such things are. */
    unplug: () => ip('link', 'set', outer, 'nomaster'),
    plug: () => ip('link', 'set', outer, 'master', bridge),
    /** Cuts its power: every process ends at once, and its disk stays. */
    async powerOff(): Promise<void> {
      if (shell.exitCode !== null || shell.signalCode !== null) return
      const gone = once(shell, 'exit')
      process.kill(init, 'SIGKILL')
      shell.kill('SIGKILL')
      await gone
    },
    async [Symbol.asyncDispose]() {
      await machine.powerOff()
      quietly('ip', ['netns', 'del', netns])
      quietly('ip', ['link', 'del', outer])
      for (let tries = 0; tries < 100 && !quietly('umount', [root]); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      quietly('umount', ['-l', root])
      rmSync(home, { recursive: true, force: true })
    },
  }
  return machine
}
export type Machine = Awaited<ReturnType<typeof startMachine>>
