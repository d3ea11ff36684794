import { expect, test } from 'vitest'
import type { Heartbeat } from '#contract/agent'
import { fakeClock } from '#server/testing/clock'
import { createPresence, type Health } from './presence.ts'

const heartbeat = { usage: { cpu_percent: 1 } } as unknown as Heartbeat

function setUp() {
  const clock = fakeClock()
  const changes: string[] = []
  const presence = createPresence({
    clock,
    onChange: (_, from: Health, to: Health) => changes.push(`${from.state} ${to.state}`),
  })
  return { clock, presence, changes, state: () => presence.of('n').state }
}

test('a machine is healthy from its first heartbeat, and a short cut is not shown', () => {
  const { clock, presence, changes, state } = setUp()
  presence.connected('n')
  expect(state()).toBe('offline')
  presence.heartbeat('n', heartbeat, 0)
  clock.advance(8000)
  presence.connected('n')
  presence.heartbeat('n', heartbeat, 0)
  expect([state(), changes]).toEqual(['healthy', ['offline healthy']])
})

test('a connected machine that falls silent for twenty seconds is unhealthy until it speaks', () => {
  const { clock, presence, changes } = setUp()
  presence.connected('n')
  presence.heartbeat('n', heartbeat, 0)
  clock.advance(19_999)
  expect(changes).toEqual(['offline healthy'])
  clock.advance(1)
  expect(presence.of('n').reason).toContain('silent since')
  presence.heartbeat('n', heartbeat, 0)
  expect(changes).toEqual(['offline healthy', 'healthy unhealthy', 'unhealthy healthy'])
})

test('silence is noticed though the timer is a moment early by the clock', () => {
  const real = fakeClock()
  const clock = { ...real, after: (ms: number, work: () => void) => real.after(ms > 1 ? ms - 1 : ms, work) }
  const changes: string[] = []
  const presence = createPresence({ clock, onChange: (_, __, to) => changes.push(to.state) })
  presence.connected('n')
  presence.heartbeat('n', heartbeat, 0)
  real.advance(19_999)
  expect(changes).toEqual(['healthy'])
  real.advance(1)
  expect(changes).toEqual(['healthy', 'unhealthy'])
})

test('one that never sends a heartbeat is unhealthy after twenty seconds', () => {
  const { clock, presence, changes } = setUp()
  presence.connected('n')
  clock.advance(20_000)
  expect(changes).toEqual(['offline unhealthy'])
})

test('a lost machine is offline, without usage, and says since when', () => {
  const { presence, changes } = setUp()
  presence.connected('n')
  presence.heartbeat('n', heartbeat, 0)
  presence.lost('n')
  expect(presence.of('n')).toMatchObject({
    state: 'offline',
    usage: null,
    reason: expect.stringContaining('away since'),
  })
  expect(changes).toEqual(['offline healthy', 'healthy offline'])
})

test('a missing engine matters where servers need it', () => {
  const { presence, state } = setUp()
  presence.heartbeat('n', heartbeat, 2)
  expect(presence.of('n')).toMatchObject({ state: 'unhealthy', reason: expect.stringContaining('2 servers need it') })
  presence.heartbeat('n', heartbeat, 0)
  expect(state()).toBe('healthy')
})

test('an agent that is too old is told to be updated', () => {
  const { presence } = setUp()
  presence.hello('n', { protocol: 0 }, 1)
  expect(presence.of('n')).toMatchObject({ state: 'unhealthy', reason: expect.stringContaining('Update the agent') })
})

test('after our own start known machines are waited for', () => {
  const { presence, changes, state } = setUp()
  presence.expect('n')
  expect([state(), presence.idsIn('unhealthy')]).toEqual(['unhealthy', ['n']])
  presence.heartbeat('n', heartbeat, 0)
  presence.expect('n')
  expect([state(), changes]).toEqual(['healthy', ['unhealthy healthy']])
})
