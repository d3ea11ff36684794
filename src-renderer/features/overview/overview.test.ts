import { expect, test } from 'vitest'
import type { Activity } from '#contract/activity'
import type { Instance } from '#contract/instances'
import { worthTelling } from '../../components/activity-list.tsx'
import { buildNode } from '../../testing/nodes.ts'
import { needsAttention } from './attention.ts'
import { fleetLoad } from './fleet-load.ts'

const instance = (id: string, state: Instance['state'], restart_needed = false) =>
  ({ id, state, restart_needed }) as Instance

test('machines that are away come first, then servers in error, then those that wait for a restart', () => {
  const list = needsAttention(
    [buildNode({ id: 'well' }), buildNode({ id: 'gone', state: 'offline' })],
    [
      instance('old', 'running', true),
      instance('fine', 'running'),
      instance('broken', 'error', true),
      instance('off', 'stopped'),
    ],
  )
  expect(list.map(({ of }) => of.id)).toEqual(['gone', 'broken', 'old'])
})

test('the load of the machines weighs processors by cores and leaves out what is away', () => {
  const usage = buildNode().usage!
  const load = fleetLoad([
    buildNode({ cpu_cores: 12, usage: { ...usage, cpu_percent: 100 } }),
    buildNode({ cpu_cores: 4, usage: { ...usage, cpu_percent: 0 } }),
    buildNode({ state: 'offline', cpu_cores: 64, usage: { ...usage, cpu_percent: 100 } }),
    buildNode({ usage: null }),
  ])
  expect(load.cpu_percent).toBe(75)
  expect(load.memory).toEqual({ used: 8 * 1024 ** 3, total: 32 * 1024 ** 3 })
})

test('a start is not told beside the line that says it is running, one that led nowhere is', () => {
  const entry = (action: string, subject_id: string) => ({ action, subject_id }) as Activity
  const newestFirst = [
    entry('instance.started', 'b'),
    entry('instance.ready', 'a'),
    entry('instance.crashed', 'b'),
    entry('instance.started', 'a'),
    entry('instance.started', 'b'),
  ]
  expect(worthTelling(newestFirst).map(({ action, subject_id }) => `${subject_id} ${action}`)).toEqual([
    'b instance.started',
    'a instance.ready',
    'b instance.crashed',
    'b instance.started',
  ])
})
