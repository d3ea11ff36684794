import { expect, test } from 'vitest'
import { listActivity } from '#contract/activity'
import {
  getInstanceMetricsHistory,
  getInstanceStats,
  killInstance,
  restartInstance,
  startInstance,
  stopInstance,
} from '#contract/instances'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

test('start, stop, restart and kill are sent with a deadline, and what is so already is no work', async () => {
  await using it = await stage()
  const id = await it.running()
  const send = (op: typeof startInstance | typeof stopInstance | typeof restartInstance | typeof killInstance) =>
    it.app.signedIn(op, { params: { id } })
  expect((await send(startInstance)).status).toBe(202)
  expect(it.agent.actions).toEqual([])
  for (const [op, action, state] of [
    [stopInstance, 'stop', 'stopped'],
    [startInstance, 'start', 'running'],
    [restartInstance, 'restart', 'running'],
    [killInstance, 'kill', 'stopped'],
  ] as const) {
    expect((await send(op)).status).toBe(202)
    const sent = it.agent.actions.at(-1)
    expect([sent?.action, Date.parse(sent?.deadline ?? '') - Date.now() > 5000]).toEqual([action, true])
    await until(async () => (await it.read(id)).state === state)
    expect((await it.read(id)).desired_state).toBe(state)
  }
  const said = (await it.app.signedIn(listActivity, { query: { subject_id: id } }))
    .json()
    .items.map((one: { action: string }) => one.action)
  expect(said).toEqual([
    'instance.kill_requested',
    'instance.restart_requested',
    'instance.start_requested',
    'instance.stop_requested',
    'instance.created',
  ])
})

test('what the machine refuses is told in its words, and a machine that is away changes nothing', async () => {
  await using it = await stage()
  const id = await it.running()
  it.agent.answers.set('POST /instances/:id/action', () => ({
    status: 409,
    json: { error: 'It is installing.', code: 'not_possible' },
  }))
  const refused = await it.app.signedIn(stopInstance, { params: { id } })
  expect([refused.status, refused.json()]).toEqual([409, { error: 'It is installing.', code: 'not_possible' }])
  await it.agent.disconnect()
  const away = await it.app.signedIn(stopInstance, { params: { id } })
  expect([away.status, away.json().code]).toEqual([503, 'node_offline'])
  expect((await it.read(id)).desired_state).toBe('running')
})

test('stats are asked now; history has its columns', async () => {
  await using it = await stage()
  const id = await it.running()
  expect((await it.app.signedIn(getInstanceStats, { params: { id } })).json()).toMatchObject({
    state: 'running',
    usage: null,
  })
  expect(
    (await it.app.signedIn(getInstanceMetricsHistory, { params: { id }, query: { range: '1h' } })).json().series,
  ).toHaveProperty('cpu_percent')
  it.agent.answers.set('GET /instances/:id/stats', () => ({
    status: 200,
    json: { at: 'yesterday', state: '<script>' },
  }))
  expect((await it.app.signedIn(getInstanceStats, { params: { id } })).status).toBe(503)
})
