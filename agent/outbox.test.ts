import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ObservedInstance } from '#contract/agent'
import { createOutbox, type OutboxEntry } from './outbox.ts'

function file() {
  const folder = mkdtempSync(path.join(tmpdir(), 'shardlyn-outbox-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return path.join(folder, 'outbox.ndjson')
}

function entry(id: string, state: ObservedInstance['state'], activity: OutboxEntry['activity'] = null): OutboxEntry {
  const instance = {
    id, generation: 1, running_generation: null, state, power: 'running', reason: null, stage: null, percent: null,
    pid: null, container_id: null, started_at: null, exit: null, crash_count: 0,
  } as const // prettier-ignore
  return { at: '2026-11-23T12:00:00.000Z', instance: { ...instance }, activity, crash_log: null }
}

test('events are numbered from one and handed to subscribers once they are on the disk', async () => {
  const path = file()
  const outbox = createOutbox({ file: path })
  const seen: [number, boolean][] = []
  outbox.subscribe((event) => seen.push([event.seq, readFileSync(path, 'utf8').includes(`"seq":${event.seq},`)]))
  await Promise.all([
    outbox.add(entry('a', 'starting')),
    outbox.add(entry('a', 'running')),
    outbox.add(entry('b', 'stopped')),
  ])
  expect(seen).toEqual([
    [1, true],
    [2, true],
    [3, true],
  ])
  expect(outbox.after(1).map((event) => event.seq)).toEqual([2, 3])
})

test('a new agent goes on where the killed one was, and numbers never repeat', async () => {
  const path = file()
  const first = createOutbox({ file: path })
  await first.add(entry('a', 'starting'))
  await first.add(entry('a', 'running'))
  const second = createOutbox({ file: path })
  expect(second.after(0).map((event) => event.instance.state)).toEqual(['starting', 'running'])
  await second.acknowledge(2)
  const third = createOutbox({ file: path })
  expect(third.after(0)).toEqual([])
  expect((await third.add(entry('a', 'stopped'))).seq).toBe(3)
})

test('an acknowledgement keeps what is newer', async () => {
  const path = file()
  const outbox = createOutbox({ file: path })
  for (const state of ['starting', 'running', 'stopping', 'stopped'] as const) await outbox.add(entry('a', state))
  await outbox.acknowledge(2)
  expect(
    createOutbox({ file: path })
      .after(0)
      .map((event) => event.seq),
  ).toEqual([3, 4])
})

test('half a line at the end, as a kill in the middle of a write leaves it, is forgotten', async () => {
  const path = file()
  const outbox = createOutbox({ file: path })
  await outbox.add(entry('ä', 'running'))
  appendFileSync(path, '{"type":"event","seq":2,"inst')
  const reopened = createOutbox({ file: path })
  expect(reopened.after(0).map((event) => event.seq)).toEqual([1])
  await reopened.add(entry('a', 'stopped'))
  expect(
    createOutbox({ file: path })
      .after(0)
      .map((event) => [event.seq, event.instance.id]),
  ).toEqual([
    [1, 'ä'],
    [2, 'a'],
  ])
})

test('a full outbox drops superseded states first and keeps what people are told', async () => {
  const outbox = createOutbox({ file: file(), limit: 10 })
  await outbox.add(entry('b', 'stopped'))
  await outbox.add(entry('a', 'error', 'instance.crashed'))
  for (let n = 0; n < 9; n++) await outbox.add(entry('a', 'running'))
  const kept = outbox.after(0).map((event) => event.seq)
  expect(kept).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 11])
})
