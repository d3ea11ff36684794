import fs from 'node:fs'
import os from 'node:os'

/** Such as Debian GNU/Linux 12. */
function osName(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)"?/m.exec(fs.readFileSync('/etc/os-release', 'utf8'))?.[1]
    if (name) return name
  } catch {
    // Only Linux has it.
  }
  if (process.platform === 'darwin') return `macOS (Darwin ${os.release()})`
  return os.version()
}

const virtual = /^(docker|br-|veth|virbr|cni|flannel|cali)/

/** Our own addresses, the likeliest for players first: IPv4 before IPv6, none that hold only on one link or in one machine. */
export function ownAddresses(interfaces = os.networkInterfaces()): string[] {
  return Object.entries(interfaces)
    .filter(([name]) => !virtual.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address))
    .sort((a, b) => Number(a.family === 'IPv6') - Number(b.family === 'IPv6'))
    .map(({ address }) => address)
    .slice(0, 16)
}

/** What does not change while the machine is up. */
export const hostFacts = () => ({
  hostname: os.hostname(),
  platform: process.platform as string,
  arch: process.arch as string,
  os: osName(),
  kernel: os.release(),
  cpu_cores: Math.max(os.availableParallelism(), 1),
  memory_total_bytes: os.totalmem(),
})
