import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testApp } from '#server/testing/app'
import { terminalStage, terminalViewer } from '#server/testing/terminal'
import { until } from '#server/testing/until'

test('a terminal that the end of the control plane cut off is closed as lost at its start, and others stay as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-lost-'))
  const databaseFile = join(folder, 'later.db')
  {
    await using it = await terminalStage()
    const ended = await terminalViewer(it.app, it.nodeId)
    ended.type('exit 7\r')
    const rows = () => it.app.control.db.selectFrom('terminal_sessions').select('end_reason').execute()
    await until(async () => (await rows()).some(({ end_reason }) => end_reason === 'exited'), 20_000)
    using viewer = await terminalViewer(it.app, it.nodeId)
    viewer.type('echo he"re"\r')
    await viewer.shows('here')
    // All that a power cut would leave.
    it.app.control.database.prepare('VACUUM INTO ?').run(databaseFile)
  }
  await using app = await testApp({ databaseFile })
  const rows = () =>
    app.control.db.selectFrom('terminal_sessions').select(['ended_at', 'end_reason']).orderBy('started_at').execute()
  expect(await rows()).toEqual([
    { ended_at: expect.any(String), end_reason: 'exited' },
    { ended_at: null, end_reason: null },
  ])
  await app.begin()
  const closed = await rows()
  expect(closed.map(({ end_reason }) => end_reason)).toEqual(['exited', 'lost'])
  expect(closed.every(({ ended_at }) => ended_at !== null)).toBe(true)
  const ends = () =>
    app.control.db
      .selectFrom('audit_logs')
      .select('actor_type')
      .where('action', '=', 'terminal.ended')
      .orderBy('id')
      .execute()
  expect(await ends()).toEqual([{ actor_type: 'user' }, { actor_type: 'system' }])
  // Another start finds nothing to close.
  await app.begin()
  expect(await rows()).toEqual(closed)
  expect(await ends()).toHaveLength(2)
  rmSync(folder, { recursive: true, force: true })
})
