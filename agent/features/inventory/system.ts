import fs from 'node:fs'
import os from 'node:os'
import type { Static } from 'typebox'
import type { SystemInfo } from '#contract/inventory'
import { hostFacts } from '#agent/features/metrics/facts'
import { agentVersion } from '#agent/version'
import { readText } from './read.ts'
import { clean } from './text.ts'

const vendors: [RegExp, string][] = [
  [/kvm|qemu/i, 'kvm'],
  [/vmware/i, 'vmware'],
  [/virtualbox|innotek/i, 'virtualbox'],
  [/microsoft corporation.*virtual/i, 'hyper-v'],
  [/xen/i, 'xen'],
  [/amazon ec2/i, 'amazon'],
  [/google/i, 'google'],
  [/parallels/i, 'parallels'],
  [/bochs/i, 'bochs'],
  [/firecracker/i, 'firecracker'],
]

/** Where a container tells of itself, else what the firmware says it is made by, else that the processor has a hypervisor. */
function virtualization(): string | null {
  if (fs.existsSync('/.dockerenv')) return 'docker'
  if (fs.existsSync('/run/.containerenv')) return 'podman'
  const container = /(?:^|\0)container=([\w-]+)/.exec(readText('/proc/1/environ', 65_536))?.[1]
  if (container) return container
  if (/microsoft/i.test(readText('/proc/version'))) return 'wsl'
  const firmware = ['sys_vendor', 'product_name', 'board_vendor', 'bios_vendor']
    .map((name) => readText(`/sys/class/dmi/id/${name}`).trim())
    .join(' ')
  const vendor = vendors.find(([pattern]) => pattern.test(firmware))?.[1]
  if (vendor) return vendor
  return /^flags\s*:.*\bhypervisor\b/m.test(readText('/proc/cpuinfo', 65_536)) ? 'vm' : null
}

/** In milliseconds. The kernel says it to the second, and always the same; elsewhere it is reckoned from the uptime. */
export function bootTime(): number {
  const seconds = /^btime (\d+)$/m.exec(readText('/proc/stat', 4 * 1024 * 1024))?.[1]
  return seconds === undefined ? Date.now() - os.uptime() * 1000 : Number(seconds) * 1000
}

/** What this machine is. */
export function readSystem(engineVersion: string | null): Static<typeof SystemInfo> {
  const { hostname, os: name, kernel, arch, cpu_cores, memory_total_bytes } = hostFacts()
  const memory = readText('/proc/meminfo')
  const bytes = (field: string) => {
    const kb = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(memory)?.[1]
    return kb === undefined ? undefined : Number(kb) * 1024
  }
  const swapTotal = bytes('SwapTotal') ?? 0
  return {
    hostname: clean(hostname),
    os: clean(name),
    kernel: clean(kernel),
    arch,
    virtualization: virtualization(),
    cpu_model: clean(os.cpus()[0]?.model ?? ''),
    cpu_cores,
    load: os.loadavg().map((load) => Math.round(load * 100) / 100),
    memory_total_bytes,
    memory_available_bytes: bytes('MemAvailable') ?? os.freemem(),
    swap_total_bytes: swapTotal,
    swap_used_bytes: swapTotal - (bytes('SwapFree') ?? swapTotal),
    booted_at: new Date(bootTime()).toISOString(),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    agent_version: agentVersion,
    engine_version: engineVersion === null ? null : clean(engineVersion, 64),
  }
}
