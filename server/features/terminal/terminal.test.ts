import { expect, test } from 'vitest'
import { terminalStage, terminalViewer } from '#server/testing/terminal'
import { until } from '#server/testing/until'

test('a shell on a machine takes what is typed and prints, knows its size, and tells how it ended', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId, { query: { cols: 100, rows: 30 } })
  expect(viewer.messages[0]).toMatchObject({ type: 'start', offset: 0, is_recorded: false })
  viewer.type('stty size\r')
  await viewer.shows('30 100')
  viewer.say({ type: 'resize', cols: 132, rows: 43 })
  viewer.type('sleep 0.2; stty size\r')
  await viewer.shows('43 132')
  viewer.type('exit 7\r')
  await until(() => viewer.closed() !== undefined)
  expect(viewer.messages.at(-1)).toEqual({
    type: 'ended',
    reason: 'exited',
    exit_code: 7,
    signal: null,
    detail: null,
  })
  await until(() => it.terminals.count() === 0)
})
