import os from 'node:os'
import type { Static } from 'typebox'
import type { NetworkInterface } from '#contract/inventory'
import { readLines, readText } from './read.ts'
import { clean } from './text.ts'

type Interface = Static<typeof NetworkInterface>
type Network = { interfaces: Interface[]; dns_servers: string[]; gateway: string | null }

const MAX_INTERFACES = 256
const MAX_ADDRESSES = 64
const IFF_UP = 1
const ZERO_MAC = '00:00:00:00:00:00'

/** The interfaces of this machine, with what went through them. */
export function readNetwork(): Network {
  return {
    interfaces: (process.platform === 'linux' ? linuxInterfaces() : otherInterfaces()).slice(0, MAX_INTERFACES),
    dns_servers: readLines('/etc/resolv.conf')
      .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
      .slice(0, 16)
      .map((address) => clean(address, 64)),
    gateway: gateway4(readLines('/proc/net/route')) ?? gateway6(readLines('/proc/net/ipv6_route')),
  }
}

/** By name; of an alias such as eth0:1 at the interface itself. */
function addresses(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [label, entries] of Object.entries(os.networkInterfaces())) {
    const name = label.split(':', 1)[0] ?? ''
    const own = (entries ?? []).map(({ address, cidr }) => cidr ?? address)
    found.set(name, [...(found.get(name) ?? []), ...own].slice(0, MAX_ADDRESSES))
  }
  return found
}

function linuxInterfaces(): Interface[] {
  const known = addresses()
  return readLines('/proc/net/dev').flatMap((line) => {
    const match = /^\s*(.+?):\s*(.*)$/.exec(line)
    if (!match) return []
    const [, name = '', rest = ''] = match
    const counters = rest.split(/\s+/)
    // The name comes from the kernel, which lets no slash and no lone dots into it.
    const about = (file: string) => readText(`/sys/class/net/${name}/${file}`, 4096).trim()
    const mac = about('address')
    const state = about('operstate')
    const isUp = (Number.parseInt(about('flags'), 16) & IFF_UP) === IFF_UP
    return [
      {
        name: clean(name, 64),
        mac: mac === '' || mac === ZERO_MAC ? null : clean(mac, 64),
        addresses: known.get(name) ?? [],
        // Some, such as lo, never say more than that they do not know.
        is_up: state === 'up' || (isUp && (state === 'unknown' || state === '')),
        mtu: positive(about('mtu')),
        speed_mbps: positive(about('speed')),
        received_bytes: Number(counters[0]) || 0,
        sent_bytes: Number(counters[8]) || 0,
      },
    ]
  })
}

function otherInterfaces(): Interface[] {
  const unknown = { mtu: null, speed_mbps: null, received_bytes: null, sent_bytes: null }
  const interfaces = os.networkInterfaces()
  return [...addresses()].map(([name, own]) => {
    const mac = interfaces[name]?.[0]?.mac ?? ZERO_MAC
    return { name: clean(name, 64), mac: mac === ZERO_MAC ? null : mac, addresses: own, is_up: true, ...unknown }
  })
}

const positive = (text: string) => (/^\d+$/.test(text) && Number(text) > 0 ? Number(text) : null)

/** The gateway of the default route with the smallest metric. */
function gateway4(lines: string[]): string | null {
  const [best] = lines
    .slice(1)
    .map((line) => line.split('\t'))
    .filter(
      ([, destination, gateway, , , , , mask]) =>
        destination === '00000000' && mask === '00000000' && gateway !== '00000000',
    )
    .sort((a, b) => Number(a[6]) - Number(b[6]))
  const hex = best?.[2]
  // In the byte order of the machine, which is little-endian wherever we run.
  return hex
    ? (hex.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.')
    : null
}

function gateway6(lines: string[]): string | null {
  const zero = '0'.repeat(32)
  const [best] = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([destination, prefix, , , gateway]) => destination === zero && prefix === '00' && gateway !== zero)
    .sort((a, b) => Number.parseInt(a[5] ?? '', 16) - Number.parseInt(b[5] ?? '', 16))
  const words = best?.[4]?.match(/.{4}/g)
  if (!words) return null
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1)
}
