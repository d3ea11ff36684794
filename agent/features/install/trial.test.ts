import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findPlace, readFailed, readTrial, writeTrial } from './place.ts'
import { beginTrial } from './trial.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }

/** Where the install script would have put two versions. */
function place() {
  const prefix = mkdtempSync(join(tmpdir(), 'shardlyn-trial-'))
  onTestFinished(() => rmSync(prefix, { recursive: true, force: true }))
  for (const version of ['1.0.0', '2.0.0']) mkdirSync(join(prefix, 'versions', version, 'bin'), { recursive: true })
  writeFileSync(join(prefix, 'start'), '')
  chmodSync(join(prefix, 'start'), 0o755)
  const at = (version: string) => findPlace(join(prefix, 'versions', version, 'bin', 'node'))!
  return { prefix, older: at('1.0.0'), newer: at('2.0.0') }
}

test('a new version that reaches nobody calls the one before back, and says why', async () => {
  const { prefix, older, newer } = place()
  await writeTrial(older, '2.0.0')
  await new Promise<void>((resolve) => void beginTrial({ place: newer, log, onFailed: resolve, trialMs: 20 }))

  expect(readFileSync(join(prefix, 'trial'), 'utf8')).toBe('2.0.0 1.0.0 9\n')
  expect(readFailed(older)?.reason).toContain('did not reach the control plane')
})

test('a new version that was taken in is kept', async () => {
  const { older, newer } = place()
  await writeTrial(older, '2.0.0')
  const trial = beginTrial({ place: newer, log, onFailed: () => expect.unreachable(), trialMs: 50 })
  trial.accepted()
  await new Promise((resolve) => setTimeout(resolve, 100))

  expect([readTrial(newer), readFailed(newer)]).toEqual([undefined, undefined])
})

test('a version that is not on trial ends none, and an agent that was not installed has no place', async () => {
  const { older, newer } = place()
  await writeTrial(older, '2.0.0')
  beginTrial({ place: older, log, onFailed: () => expect.unreachable(), trialMs: 1 }).accepted()

  expect(readTrial(newer)).toEqual({ to: '2.0.0', from: '1.0.0' })
  expect(findPlace('/usr/bin/node')).toBeUndefined()
})
