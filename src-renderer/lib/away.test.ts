import { expect, test } from 'vitest'
import { buildNode } from '../testing/nodes.ts'
import { awaySince } from './away.ts'

const seen = '2026-11-23T12:00:00.000Z'
test.each([
  ['a healthy machine', { state: 'healthy', state_reason: null }, undefined],
  ['one that is gone', { state: 'offline', state_reason: 'Its agent has been away since 2026-11-23 12:00 UTC.' }, seen],
  ['one that was never here', { state: 'offline', last_seen_at: null }, null],
  [
    'one that is silent, from its last word on',
    { state: 'unhealthy', state_reason: 'Its agent is connected, but has been silent since 2026-11-23 12:03 UTC.' },
    '2026-11-23T12:03:00Z',
  ],
  [
    'one that is expected after our own restart',
    { state: 'unhealthy', state_reason: 'Waiting for its agent to connect again.' },
    seen,
  ],
  [
    'one that answers but misses its engine',
    { state: 'unhealthy', state_reason: 'Docker does not answer there, and one server needs it. Start Docker.' },
    undefined,
  ],
] as const)('%s', (_, fields, since) => {
  expect(awaySince(buildNode({ last_seen_at: seen, ...fields }))).toBe(since)
})
