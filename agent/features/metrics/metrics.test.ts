import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { hostFacts, ownAddresses } from './facts.ts'
import { createHostMeter } from './host.ts'

test('the machine is measured within sensible bounds', async () => {
  const measure = createHostMeter(tmpdir())
  const { usage, disk_total_bytes } = await measure()
  const { memory_total_bytes, cpu_cores } = hostFacts()
  expect(usage.cpu_percent).toBeGreaterThanOrEqual(0)
  expect(usage.cpu_percent).toBeLessThanOrEqual(100)
  expect(usage.memory_bytes).toBeGreaterThan(0)
  expect(usage.memory_bytes).toBeLessThan(memory_total_bytes)
  expect(usage.disk_bytes).toBeLessThanOrEqual(disk_total_bytes)
  expect(usage.network_in_bytes_per_second).toBeGreaterThanOrEqual(0)
  expect(cpu_cores).toBeGreaterThan(0)
})

test('a folder that is gone does not end the heartbeat', async () => {
  const { usage, disk_total_bytes } = await createHostMeter('/no/such/folder')()
  expect([usage.disk_bytes, disk_total_bytes]).toEqual([0, 0])
})

test('addresses are those that others may reach, IPv4 first, none of containers or single links', () => {
  const of = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
    ({ address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as never
  expect(
    ownAddresses({
      lo: [of('127.0.0.1', 'IPv4', true)],
      eth0: [of('2001:db8::2', 'IPv6'), of('fe80::1', 'IPv6'), of('192.0.2.2', 'IPv4')],
      docker0: [of('172.17.0.1', 'IPv4')],
      wlan0: [of('169.254.3.4', 'IPv4'), of('198.51.100.7', 'IPv4')],
    }),
  ).toEqual(['192.0.2.2', '198.51.100.7', '2001:db8::2'])
})
