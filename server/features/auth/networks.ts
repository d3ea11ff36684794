import { isIPv4 } from 'node:net'

/** The network of an address, /24 or /64: whoever has one address of it usually has the others. */
export function networkOf(ip: string): string {
  const address = (ip.split('%', 1)[0] ?? '').toLowerCase()
  const v4 = address.slice(address.lastIndexOf(':') + 1)
  if (isIPv4(v4)) return `${v4.slice(0, v4.lastIndexOf('.'))}.0/24`
  const [head = '', tail = ''] = address.split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const groups = [...before, ...zeros, ...after].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
