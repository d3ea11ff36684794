import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { AuditEntry } from '#server/audit'
import type { Db } from '#server/db/schema'
import { addInstance, listeningApp, observed } from '#server/testing/agent'
import { fakeClock } from '#server/testing/clock'
import { forever, heartbeat, hello, join, line } from '#server/testing/hostile-agent'
import { until } from '#server/testing/until'
import { createRateLimiter } from './http/rate-limit.ts'
import { machineRate, pacedAudit } from './paced-audit.ts'

const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  organization_id: 'o',
  actor: { type: 'agent', id: 'n', name: 'box' },
  action: 'node.host_keys_changed',
  subject: { type: 'node', id: 'n', name: 'box' },
  ...change,
})

test('what a machine makes us note has a pace; the next row tells what was left out; people and others are noted', async () => {
  const clock = fakeClock()
  const written: AuditEntry[] = []
  const audit = pacedAudit(async (_, row) => void written.push(row), createRateLimiter(clock), {
    burst: 3,
    perSecond: 1 / 60,
  })
  const note = (change?: Partial<AuditEntry>) => audit(undefined as unknown as Db, entry(change))

  for (let n = 0; n < 10; n++) await note({ details: { n } })
  expect(written.map(({ details }) => details)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  await note({ action: 'node.agent_updated' })
  await note({ subject: { type: 'node', id: 'other', name: 'other' } })
  for (let n = 0; n < 5; n++) await note({ actor: { type: 'user', id: 'u', name: 'u@example.com' } })
  expect(written).toHaveLength(3 + 1 + 1 + 5)
  clock.advance(60_000)
  await note({ details: { n: 10 } })
  await note()
  expect(written.slice(10).map(({ details }) => details)).toEqual([{ n: 10, unnoted: 7 }])
})

const key = () => {
  const [name, bytes] = [Buffer.from('ssh-ed25519'), randomBytes(32)]
  const length = (of: Buffer) => Buffer.from([0, 0, 0, of.length])
  return `ssh-ed25519 ${Buffer.concat([length(name), name, length(bytes), bytes]).toString('base64')}`
}
const features = (host_keys: string[]) => ({
  terminal: false,
  host_files: null,
  ssh: { port: 22, host_keys, is_managed: false, trusts_ca: false, krl_version: null, problem: null },
  service: 'none' as const,
  is_updatable: false,
})

test('a machine that shows other keys and another engine at every heartbeat, and whose server falls all the time, fills nothing', async () => {
  await using app = await listeningApp()
  let heard = 0
  app.agents.listen({ onHeartbeat: () => void heard++ })
  const own = Promise.withResolvers<string>()
  const machine = await join(app, {
    hello: { ...hello, features: features([key()]) },
    events: async (sink, signal) => {
      const id = await own.promise
      for (let n = 1; n <= 400 && !signal.aborted; n++) {
        const engine_version = n % 2 === 0 ? null : `${n}`
        sink.write(line({ ...heartbeat, engine_version, features: features([key()]) }))
        const state = n % 2 === 0 ? ('running' as const) : ('error' as const)
        const instance = observed(id, { state, crash_count: n })
        sink.write(
          line({ type: 'event', seq: n, at: heartbeat.at, instance, activity: 'instance.crashed', crash_log: null }),
        )
        await sleep(11)
      }
      await forever(signal)
    },
  })
  own.resolve(await addInstance(app, await machine.node()))
  const rows = (action: string) =>
    app.control.db.selectFrom('audit_logs').select('action').where('action', 'like', action).execute()
  const newest = () =>
    app.control.db.selectFrom('nodes').select('event_seq').where('id', '=', machine.node_id).executeTakeFirst()
  await until(async () => (await newest())?.event_seq === 400, 25_000)
  expect(heard).toBeGreaterThan(100)
  expect((await rows('node.host_keys_%')).length).toBeLessThanOrEqual(machineRate.burst + 3)
  expect((await rows('node.host_keys_changed')).length).toBeGreaterThan(5)
  expect((await rows('node.%')).length).toBeLessThan(machineRate.burst * 4)
  expect((await rows('instance.crashed')).length).toBeLessThan(320)
}, 60_000)
