import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Leaving, planDrain, type Room } from './planner.ts'

const server = (id: string, change: Partial<Leaving> = {}): Leaving => ({
  id,
  name: id,
  is_running: true,
  memory_bytes: 1,
  disk_bytes: 1,
  runtime: 'process',
  needs_labels: {},
  ports: [{ name: 'game', host_port: 25_565, protocol: 'tcp', is_chosen: false }],
  is_moving: false,
  ...change,
})
const room = (id: string, change: Partial<Room> = {}): Room => ({
  id,
  name: id,
  runtimes: ['docker', 'process'],
  labels: {},
  memory_free: 10,
  disk_free: 10,
  range: { start: 25_000, end: 29_999 },
  taken: new Set(),
  ...change,
})
const brief = (servers: Leaving[], rooms: Room[]) =>
  planDrain(servers, rooms).map(({ target_node_id: to, code }) => to ?? code)

test('each refusal says why, and the one that was nearest to a yes is told', () => {
  expect(brief([server('a')], [])).toEqual(['no_machine'])
  expect(brief([server('a', { is_moving: true })], [room('x')])).toEqual(['already_moving'])
  expect(brief([server('a', { runtime: 'docker' })], [room('x', { runtimes: ['process'] })])).toEqual(['no_runtime'])
  expect(brief([server('a', { needs_labels: { disk: 'ssd' } })], [room('x', { labels: { disk: 'hdd' } })])).toEqual([
    'wrong_labels',
  ])
  expect(brief([server('a', { memory_bytes: 11 })], [room('x'), room('y', { runtimes: [] })])).toEqual(['no_memory'])
  expect(brief([server('a', { disk_bytes: 11 })], [room('x')])).toEqual(['no_disk'])
  const full = room('x', { range: { start: 25_565, end: 25_565 }, taken: new Set(['25565/tcp']) })
  expect(brief([server('a')], [full])).toEqual(['no_port'])
  expect(brief([server('a')], [full, room('y', { memory_free: 0 })])).toEqual(['no_port'])
})

test('a machine with the labels takes it; memory that is not known is no limit', () => {
  const picky = server('a', { needs_labels: { disk: 'ssd' }, memory_bytes: 1e12 })
  expect(brief([picky], [room('x'), room('y', { labels: { disk: 'ssd', room: '1' }, memory_free: null })])).toEqual([
    'y',
  ])
})

test('a port keeps its number where that is free, on whichever machine that is', () => {
  const taken = room('x', { memory_free: 1, taken: new Set(['25565/tcp']) })
  expect(planDrain([server('a')], [taken, room('y')])).toMatchObject([
    { target_node_id: 'y', ports: [{ name: 'game', from: 25_565, to: 25_565 }] },
  ])
  expect(planDrain([server('a')], [taken])).toMatchObject([
    { target_node_id: 'x', ports: [{ name: 'game', from: 25_565, to: 25_000 }] },
  ])
})

test('both protocols of a port stay on one number', () => {
  const both = server('a', {
    ports: [
      { name: 'game', host_port: 25_565, protocol: 'tcp', is_chosen: false },
      { name: 'game', host_port: 25_565, protocol: 'udp', is_chosen: false },
    ],
  })
  expect(planDrain([both], [room('x', { taken: new Set(['25565/udp', '25000/tcp']) })])).toMatchObject([
    { ports: [{ name: 'game', from: 25_565, to: 25_001 }] },
  ])
})

test('a number that somebody chose outside of every range is kept', () => {
  const ports = [{ name: 'game', host_port: 80, protocol: 'tcp' as const, is_chosen: true }]
  expect(planDrain([server('a', { ports })], [room('x')])).toMatchObject([{ ports: [{ from: 80, to: 80 }] }])
})

test('the large ones find their place before the small ones fill it', () => {
  const servers = [server('small', { memory_bytes: 4, ports: [] }), server('large', { memory_bytes: 10, ports: [] })]
  expect(brief(servers, [room('x', { memory_free: 10 }), room('y', { memory_free: 5 })])).toEqual(['y', 'x'])
})

const someServer = fc
  .record({
    memory_bytes: fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
    disk_bytes: fc.integer({ min: 0, max: 20 }),
    runtime: fc.constantFrom('docker' as const, 'process' as const),
    needs_labels: fc.constantFrom<Record<string, string>>({}, {}, { a: '1' }, { a: '1', b: '2' }),
    ports: fc.array(
      fc.record({
        name: fc.constantFrom('game', 'query'),
        host_port: fc.integer({ min: 1, max: 8 }),
        protocol: fc.constantFrom('tcp' as const, 'udp' as const),
        is_chosen: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    is_moving: fc.boolean(),
  })
  .map((change) => ({ change }))
const someRoom = fc.record({
  memory_free: fc.option(fc.integer({ min: 0, max: 40 }), { nil: null }),
  disk_free: fc.option(fc.integer({ min: 0, max: 40 }), { nil: null }),
  runtimes: fc.subarray(['docker', 'process']),
  labels: fc.constantFrom<Record<string, string>>({}, { a: '1' }, { a: '1', b: '2' }),
  range: fc.record({ start: fc.integer({ min: 1, max: 4 }), end: fc.integer({ min: 4, max: 9 }) }),
  taken: fc.uniqueArray(fc.constantFrom('3/tcp', '4/tcp', '4/udp', '5/tcp'), { maxLength: 3 }),
})

test('no limit, label or port is ever passed, and every refusal has its sentence', () => {
  fc.assert(
    fc.property(fc.array(someServer, { maxLength: 8 }), fc.array(someRoom, { maxLength: 4 }), (given, places) => {
      const servers = given.map(({ change }, i) => {
        const seen = new Set<string>()
        const ports = change.ports
          .filter(({ name, protocol }) => !seen.has(name + protocol) && seen.add(name + protocol))
          // All protocols of a port share its number, and whether somebody chose it.
          .map((port, _, all) => ({ ...all.find(({ name }) => name === port.name)!, protocol: port.protocol }))
        return server(`s${i}`, { ...change, ports })
      })
      const rooms = places.map((change, i) => room(`r${i}`, { ...change, taken: new Set(change.taken) }))
      const steps = planDrain(servers, rooms)
      expect(steps.map(({ instance_id }) => instance_id)).toEqual(servers.map(({ id }) => id))
      for (const place of rooms) {
        const mine = steps.filter(({ target_node_id }) => target_node_id === place.id)
        const all = mine.map(({ instance_id }) => servers.find(({ id }) => id === instance_id)!)
        const sum = (of: (server: Leaving) => number) => all.reduce((total, one) => total + of(one), 0)
        expect(sum((s) => s.memory_bytes ?? 0)).toBeLessThanOrEqual(place.memory_free ?? Infinity)
        expect(sum((s) => s.disk_bytes)).toBeLessThanOrEqual(place.disk_free ?? Infinity)
        const given = [...place.taken]
        for (const one of all) {
          expect(place.runtimes).toContain(one.runtime)
          expect(place.labels).toMatchObject(one.needs_labels)
          expect(one.is_moving).toBe(false)
          const step = mine.find(({ instance_id }) => instance_id === one.id)!
          for (const { name, protocol, is_chosen } of one.ports) {
            const { from, to } = step.ports.find((port) => port.name === name)!
            expect((to >= place.range.start && to <= place.range.end) || (is_chosen && from === to)).toBe(true)
            given.push(`${to}/${protocol}`)
          }
        }
        expect(new Set(given).size).toBe(given.length)
      }
      for (const step of steps.filter(({ target_node_id }) => target_node_id === null)) {
        expect(step.reason).toMatch(/\.$/)
      }
    }),
    { numRuns: 2000 },
  )
})
