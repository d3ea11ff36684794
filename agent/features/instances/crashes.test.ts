import { expect, test } from 'vitest'
import type { RunEnd } from '#agent/runtimes/run'
import { afterEnd, defaultRules, describeEnd } from './restart-policy.ts'
import { fakeClock, shellSpec, testAgent } from './testing.ts'

const end = (changes: Partial<RunEnd>): RunEnd => ({
  code: 1,
  signal: null,
  oom: false,
  at: '2026-11-23T12:00:00.000Z',
  run: 1,
  lost: null,
  error: null,
  ...changes,
})
const spec = (restart_policy: 'always' | 'on-failure' | 'never') => ({
  restart_policy,
  limits: { cpu: null, memory_bytes: null, pids: 10 },
})
const fresh = { requested: false, crashes: [], crashCount: 0, now: 0 }

test.each([
  ['on-failure', 0, 'stopped'],
  ['on-failure', 1, 'again'],
  ['always', 0, 'again'],
  ['always', 1, 'again'],
  ['never', 0, 'stopped'],
  ['never', 1, 'failed'],
] as const)('with the policy %s a server that ends with %i is %s', (policy, code, kind) => {
  expect(afterEnd({ ...fresh, end: end({ code }), spec: spec(policy) }, defaultRules).kind).toBe(kind)
})

test('an end that was asked for is never a crash', () => {
  const ended = { ...fresh, requested: true, end: end({ code: null, signal: 'SIGKILL' }), spec: spec('always') }
  expect(afterEnd(ended, defaultRules)).toEqual({ kind: 'stopped', reason: null })
})

test('a restart of the machine starts the server again at once and is no crash', () => {
  const ended = { ...fresh, end: end({ code: null, lost: 'machine' }), spec: spec('on-failure') }
  expect(afterEnd(ended, defaultRules)).toMatchObject({ kind: 'again', delayMs: 0, crashed: false, crashCount: 0 })
})

test('out of memory is said plainly, with the limit or without', () => {
  expect(describeEnd(end({ oom: true }), 512 * 1024 * 1024)).toContain('more than its limit of 512 MiB')
  expect(describeEnd(end({ oom: true }), null)).toContain('the machine had none left')
})

test('a server that crashes comes back after ever longer waits, and is given up at the fifth time', async () => {
  const clock = fakeClock()
  await using agent = await testAgent({ clock })
  const script = 'for n in $(seq 300); do echo "line $n"; done; exit 7'
  const server = shellSpec('process', script, {
    ready: { log: 'line 1', regex: null, port: null, timeout_seconds: 10 },
  })
  await agent.instances.put(server)
  for (const [crash, seconds] of [5, 15, 60, 300].entries()) {
    const failed = await agent.until(server.id, (now) => now.state === 'error' && now.crash_count === crash + 1)
    expect(failed).toMatchObject({ power: 'running', exit: { code: 7 } })
    expect(failed.reason).toContain('It ended with exit code 7. It starts again in')
    clock.advance(seconds * 1000 - 1)
    await agent.instances.put(server)
    expect(agent.instances.get(server.id).observe().state).toBe('error')
    clock.advance(1)
  }
  const given = await agent.until(server.id, (now) => now.crash_count === 5)
  expect(given).toMatchObject({ state: 'error', power: 'stopped' })
  expect(given.reason).toContain('That was the 5th time within 10 minutes, so it is not started again.')
  await agent.untilEvent('instance.gave_up')
  const crashes = agent.events.filter((event) => event.activity === 'instance.crashed')
  expect(crashes).toHaveLength(5)
  const lines = crashes.at(-1)?.crash_log?.split('\n') ?? []
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([200, 'line 101', 'line 300'])

  await agent.act(server.id, 'start')
  expect(await agent.until(server.id, (now) => now.crash_count === 1)).toMatchObject({ power: 'running' })
})

test('a run that lasts is forgiven the crashes before it', async () => {
  const clock = fakeClock()
  await using agent = await testAgent({ clock, reconcileMs: 20 })
  const script = '[ -e once ] && exec sleep 1000; touch once; exit 1'
  const server = shellSpec('process', script, { stop: { command: null, signal: 'SIGTERM', timeout_seconds: 5 } })
  await agent.instances.put(server)
  await agent.until(server.id, (now) => now.crash_count === 1 && now.state === 'error')
  clock.advance(5000)
  await agent.until(server.id, (now) => now.state === 'running' && now.crash_count === 1)
  clock.advance(600_000)
  expect(await agent.until(server.id, (now) => now.crash_count === 0)).toMatchObject({ state: 'running' })
})

test('stopping a server that waits for its next start keeps it stopped', async () => {
  const clock = fakeClock()
  await using agent = await testAgent({ clock })
  const server = shellSpec('process', 'exit 1')
  await agent.instances.put(server)
  await agent.until(server.id, (now) => now.state === 'error')
  await agent.act(server.id, 'stop')
  await agent.until(server.id, (now) => now.state === 'stopped')
  clock.advance(60_000)
  await agent.instances.put(server)
  expect(agent.instances.get(server.id).observe()).toMatchObject({ state: 'stopped', power: 'stopped' })
})
