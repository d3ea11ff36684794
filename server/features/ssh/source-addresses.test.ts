import { expect, test } from 'vitest'
import { assertSourceAddress } from './source-addresses.ts'

const says = (entry: string) => {
  try {
    assertSourceAddress(entry)
    return 'fine'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

test.each(['192.0.2.7', '10.0.0.0/8', '0.0.0.0/0', '192.0.2.7/32', '::1', '2001:db8::/32', '::/0', '2001:db8::1/128'])(
  '%s is a source address',
  (entry) => expect(says(entry)).toBe('fine'),
)

test.each([
  'localhost',
  '*',
  '!10.0.0.0/8',
  '10.0.0.1/8',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/',
  '10.0.0',
  '10.0.0.0/8/8',
  '2001:db8::1/32',
  '::1/129',
  'fe80::1%eth0',
  '::ffff:10.0.0.1',
  '10.0.0.0/8,192.0.2.7',
  ' 10.0.0.1',
])('%s is refused, since sshd would refuse the whole certificate', (entry) =>
  expect(says(entry)).toBe('bad_source_address'),
)
