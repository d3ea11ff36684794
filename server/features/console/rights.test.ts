import { expect, test } from 'vitest'
import { rawViewer } from '#server/testing/raw-viewer'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

test('who may read a console but not type into it is refused, and nothing is sent', async () => {
  await using it = await stage()
  const id = await it.running()
  const { token } = await it.app.addPerson({
    email: 'reader@example.com',
    role: 'user',
    shares: { [id]: ['instances.view', 'instances.console'] },
  })
  const { log, typed, sizes } = it.agent.server(id)
  log.print('hello\r\n')
  using viewer = await rawViewer(it.app, id, { token })
  viewer.say({ type: 'input', data: 'stop\n' })
  viewer.say({ type: 'resize', cols: 2, rows: 2 })
  await until(() => viewer.types().filter((type) => type === 'refused').length === 2 && viewer.text() === 'hello\r\n')
  expect(viewer.messages.at(-1)).toMatchObject({
    code: 'missing_permission',
    error: expect.stringContaining('instances.command'),
  })
  expect([typed, sizes, it.agent.asked.includes('POST /instances/:id/input')]).toEqual([[], [], false])
})
