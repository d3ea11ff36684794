import { isIP } from 'node:net'
import { invalid } from '#server/errors'

const refuse = (entry: string, why: string) =>
  invalid(
    'bad_source_address',
    `${entry} ${why}. Write an address such as 203.0.113.7, or a network such as 10.0.0.0/8.`,
  )

const number = (hex: readonly string[]) => BigInt(`0x${hex.join('')}`)

const bitsOfV4 = (address: string): bigint =>
  number(address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0')))

function bitsOfV6(address: string): bigint {
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail)]
  const between = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return number([...before, ...between, ...after].map((group) => group.padStart(4, '0')))
}

/** sshd refuses a whole certificate for one entry that it cannot read, and a network with bits set behind its mask is one. */
export function assertSourceAddress(entry: string): void {
  const [address = '', mask, ...more] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0 || /[^0-9a-fA-F.:]/.test(address)) throw refuse(entry, 'is no address or network')
  if (family === 6 && address.includes('.')) throw refuse(entry, 'mixes two kinds of address')
  if (mask === undefined) return
  const width = family === 6 ? 128 : 32
  if (!/^(0|[1-9]\d{0,2})$/.test(mask) || Number(mask) > width) throw refuse(entry, 'has a mask that is too long')
  const rest = BigInt(width - Number(mask))
  if (((family === 6 ? bitsOfV6(address) : bitsOfV4(address)) & ((1n << rest) - 1n)) !== 0n) {
    throw refuse(entry, `has bits set behind /${mask}`)
  }
}
