import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '#server/testing/until'
import { twoMachines } from './moving.ts'

test('a running server moves with its data, runs there, and is gone from where it was', async () => {
  await using it = await twoMachines()
  const id = await it.deploy()
  mkdirSync(join(it.attic.dataOf(id), 'world'))
  writeFileSync(join(it.attic.dataOf(id), 'world', 'level.dat'), 'a map')

  const ended = await it.ended(await it.move(id))
  expect(ended).toMatchObject({
    state: 'done',
    reason: null,
    files_total: 1,
    files_done: 1,
    bytes_total: 5,
    bytes_done: 5,
    percent: 100,
  })
  expect(ended.downtime_ms).toBeGreaterThan(0)
  await until(async () => (await it.read(id)).state === 'running')
  expect(await it.read(id)).toMatchObject({ node_id: it.cellar.nodeId(), desired_state: 'running' })
  expect(readFileSync(join(it.cellar.dataOf(id), 'world', 'level.dat'), 'utf8')).toBe('a map')
  expect(existsSync(join(it.attic.dataDir, 'instances', id))).toBe(false)
  expect(existsSync(join(it.cellar.dataDir, 'imports', id))).toBe(false)
})
