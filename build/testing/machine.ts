// What the tests want from the machine: asked for, and installed where we are root on Debian.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

type Need = { name: string; packages: string[]; isThere: () => boolean }

const places = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/games']

export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...places]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

const program = (name: string, packages: string[], title = name): Need => ({
  name: title,
  packages,
  isThere: () => findProgram(name) !== undefined,
})

const needs: Need[] = [
  program('dockerd', ['docker.io', 'iptables'], 'a Docker engine'),
  program('chromium', ['chromium'], 'Chromium'),
  program('openttd', ['openttd', 'openttd-opengfx'], 'OpenTTD'),
  program('sshd', ['openssh-server'], 'sshd'),
  program('busybox', ['busybox-static'], 'busybox'),
  program('ip', ['iproute2'], 'iproute2'),
]

const missing = () => needs.filter((need) => !need.isThere())
const canInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined

const POLICY = '/usr/sbin/policy-rc.d'

/** Debian starts the services that it installs. The tests start their own, and a machine's owner did not ask for an sshd. */
function withoutStartingServices<T>(work: () => T): T {
  if (existsSync(POLICY)) return work()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return work()
  } finally {
    rmSync(POLICY, { force: true })
  }
}

/** Its chatter is shown only when it fails. */
function install(packages: string[]): void {
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args], {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  const updated = apt('update')
  const installed = withoutStartingServices(() => apt('install', '-y', '--no-install-recommends', ...packages))
  if (installed.status !== 0) process.stderr.write(`${updated.stderr}${installed.stdout}${installed.stderr}`)
}

/** Installs what is missing where that is possible. Answers the names of what the machine then still lacks. */
export function prepareMachine(): string[] {
  const packages = missing().flatMap((need) => need.packages)
  if (packages.length === 0) return []
  if (canInstall()) {
    console.log(`Installing what the tests need: ${packages.join(', ')}.`)
    install(packages)
  }
  return missing().map((need) => need.name)
}
