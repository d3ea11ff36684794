import { expect, test } from 'vitest'
import type { FleetNode } from '#contract/nodes'
import { bestMachine, rankMachines } from './choose-machine.ts'

const GIB = 1024 ** 3

const machine = (name: string, over: Partial<FleetNode> = {}, usedGib = 1): FleetNode => ({
  id: name,
  organization_id: 'o',
  name,
  state: 'healthy',
  state_reason: null,
  cordoned: false,
  draining: false,
  is_local: false,
  labels: {},
  address: null,
  port_range: { start: 27000, end: 27999 },
  hostname: null,
  platform: 'linux',
  arch: 'x64',
  os: null,
  kernel: null,
  cpu_cores: 4,
  memory_total_bytes: 8 * GIB,
  disk_total_bytes: null,
  agent_version: null,
  engine_version: null,
  capabilities: { runtimes: ['docker', 'process'], process_limits: { memory: true, cpu: true, pids: true } },
  features: { terminal: false, host_files: null, ssh: null, service: 'none', is_updatable: false },
  records_terminals: false,
  update_available: null,
  usage: {
    cpu_percent: 0,
    memory_bytes: usedGib * GIB,
    disk_bytes: 0,
    network_in_bytes_per_second: 0,
    network_out_bytes_per_second: 0,
    load_1m: 0,
  },
  instance_count: 0,
  running_count: 0,
  last_seen_at: null,
  created_at: '2026-01-01T00:00:00Z',
  ...over,
})

test('offers the machine with the most free memory, and says so', () => {
  const ranked = rankMachines([machine('full', {}, 7), machine('roomy', {}, 2), machine('half', {}, 4)], 'docker')

  expect(ranked.map(({ node }) => node.name)).toEqual(['roomy', 'half', 'full'])
  expect(bestMachine(ranked)).toMatchObject({ node: { name: 'roomy' }, reason: 'most_free', freeBytes: 6 * GIB })
})

test.each([
  ['offline', { state: 'offline' }],
  ['unhealthy', { state: 'unhealthy' }],
  ['cordoned', { cordoned: true }],
  ['draining', { draining: true }],
  ['runtime', { capabilities: { runtimes: ['process'], process_limits: { memory: false, cpu: false, pids: false } } }],
] as const)('does not offer a machine with the obstacle %s', (obstacle, over) => {
  const ranked = rankMachines([machine('a', over as Partial<FleetNode>, 0), machine('b', {}, 7)], 'docker')

  expect(bestMachine(ranked)).toMatchObject({ node: { name: 'b' }, reason: 'only' })
  expect(ranked[1]).toMatchObject({ node: { name: 'a' }, obstacle })
})

test('offers nothing where no machine can take it', () => {
  expect(bestMachine(rankMachines([machine('a', { state: 'offline' })], 'docker'))).toBeUndefined()
  expect(bestMachine([])).toBeUndefined()
})

test('without measurements the machine with fewer servers comes first', () => {
  const ranked = rankMachines(
    [machine('busy', { usage: null, instance_count: 5 }), machine('idle', { usage: null })],
    'process',
  )

  expect(bestMachine(ranked)).toMatchObject({ node: { name: 'idle' }, reason: 'unmeasured', freeBytes: null })
})
