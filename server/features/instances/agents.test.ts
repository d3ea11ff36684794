import { WebSocket } from 'ws'
import { expect, test } from 'vitest'
import { listActivity, listTasks } from '#contract/activity'
import type { ServerEvent } from '#contract/events'
import { updateInstance } from '#contract/instances'
import { newId } from '#server/ids'
import { fakeAgent, listening } from '#server/testing/fake-agent'
import { game, stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

const exit = (code: number | null, oom = false, signal: string | null = null) => ({
  code,
  signal,
  oom,
  at: '2026-01-01T00:00:00.000Z',
})

test('a crash is told plainly, with its last lines, to everybody who looks', async () => {
  await using it = await stage()
  const id = await it.running()
  const events: ServerEvent[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${await listening(it.app)}/v1/events`, {
    headers: { host: 'localhost', authorization: `Bearer ${await it.app.adminToken()}` },
  })
  socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as ServerEvent))
  await until(() => events.length > 0)

  const crash_log = 'line\r\n\u001b[31m<img src=x onerror=alert(1)>\u001b[0m'
  it.agent.change(
    id,
    { state: 'starting', reason: 'Crashed; starts again in 5 s.', exit: exit(1), crash_count: 1, pid: null },
    { activity: 'instance.crashed', crash_log },
  )
  await until(async () => (await it.read(id)).state === 'starting')
  expect(await it.read(id)).toMatchObject({
    state_reason: 'Crashed; starts again in 5 s.',
    exit: exit(1),
    crash_count: 1,
    crash_log,
    pid: null,
  })
  await until(() =>
    events.some(
      ({ kind, data }) => kind === 'instance.state_changed' && (data as { state: string }).state === 'starting',
    ),
  )
  const told = events.find(({ kind }) => kind === 'instance.state_changed')
  expect(told).toMatchObject({
    subject_id: id,
    data: { state: 'starting', state_reason: 'Crashed; starts again in 5 s.' },
  })
  expect(told?.stale.map(({ operation }) => operation)).toEqual(['getInstance', 'listInstances', 'listActivity'])

  it.agent.change(
    id,
    {
      state: 'error',
      power: 'stopped',
      reason: 'It crashed five times in ten minutes.',
      exit: exit(137, true),
      crash_count: 5,
    },
    { activity: 'instance.crashed' },
  )
  it.agent.change(id, { state: 'error' }, { activity: 'instance.gave_up' })
  await until(async () => (await it.read(id)).state === 'error')
  expect(await it.read(id)).toMatchObject({ desired_state: 'stopped', crash_log })
  await until(async () => (await it.app.signedIn(listActivity, { query: { subject_id: id } })).json().items.length >= 4)
  const said = (await it.app.signedIn(listActivity, { query: { subject_id: id } })).json().items
  expect(said.slice(0, 3)).toMatchObject([
    { action: 'instance.gave_up', actor_name: 'box', reason: 'It crashed five times in ten minutes.' },
    { action: 'instance.crashed', reason: 'It ran out of memory: its limit is 1Gi.' },
    { action: 'instance.crashed', reason: 'It ended with exit code 1.' },
  ])
  socket.terminate()
})

test('an installation shows how far it is, and why it failed', async () => {
  await using it = await stage({}, { ...game, install: { script: 'true' } })
  const id = await it.running()
  const tasks = async () => (await it.app.signedIn(listTasks)).json().items
  expect(await tasks()).toMatchObject([{ kind: 'instance.install', state: 'done' }])

  it.agent.answers.set('PUT /instances/:id', () => ({ status: 200, json: {} }))
  const second = (await it.deploy()).instance.id
  const observed = {
    ...it.agent.server(id).observed,
    id: second,
    state: 'installing' as const,
    stage: 'Downloading',
    percent: 40,
  }
  it.agent.emit({ instance: observed })
  await until(async () => (await tasks())[0].percent === 40)
  expect((await tasks())[0]).toMatchObject({ state: 'running', stage: 'Downloading', subject_id: second })
  expect(await it.read(second)).toMatchObject({ state: 'installing', stage: 'Downloading' })
  it.agent.emit({
    instance: { ...observed, state: 'error', reason: 'The script ended with exit code 3.', stage: null },
    activity: 'instance.install_failed',
  })
  await until(async () => (await tasks())[0].state === 'failed')
  expect((await tasks())[0].error).toBe('The script ended with exit code 3.')
})

test('a server that its machine refuses says so', async () => {
  await using it = await stage()
  it.agent.answers.set('PUT /instances/:id', () => ({
    status: 409,
    json: { error: 'The disk is full.', code: 'disk_full' },
  }))
  const { id } = (await it.deploy()).instance
  await until(async () => (await it.read(id)).state === 'error')
  expect((await it.read(id)).state_reason).toBe('The disk is full.')
  expect((await it.app.signedIn(listTasks)).json().items[0]).toMatchObject({
    state: 'failed',
    error: 'The disk is full.',
  })
})

test('an agent that names servers of another machine changes nothing there', async () => {
  await using it = await stage()
  const id = await it.running()
  const { owner } = await it.app.addOrganization('Elsewhere')
  const hostile = await fakeAgent(it.app, { name: 'hostile', token: owner.token })
  const observed = {
    ...it.agent.server(id).observed,
    state: 'error' as const,
    reason: 'pwned',
    power: 'stopped' as const,
  }
  hostile.emit({ instance: observed, activity: 'instance.crashed', crash_log: 'pwned' })
  hostile.emit({ instance: { ...observed, id: newId() } })
  hostile.servers.set(id, { ...it.agent.server(id), observed })
  hostile.heartbeat({
    cpu_percent: 99,
    memory_bytes: 1,
    memory_limit_bytes: null,
    network_in_bytes_per_second: null,
    network_out_bytes_per_second: null,
    pids: 1,
    uptime_seconds: 1,
    disk_bytes: null,
  })
  await until(() => hostile.acknowledged() === 2)
  await hostile.disconnect()
  await hostile.connect()
  expect(await it.read(id)).toMatchObject({ state: 'running', state_reason: null, crash_log: null, usage: null })
  expect((await it.app.signedIn(listActivity, { query: { subject_id: id } })).text).not.toContain('pwned')
})

test('what happened while the control plane was away is caught up, and events are applied once', async () => {
  await using it = await stage()
  const id = await it.running()
  await it.agent.disconnect()
  it.agent.change(
    id,
    { state: 'stopped', power: 'stopped', exit: exit(0), pid: null },
    { activity: 'instance.stopped', at: '2020-01-01T00:00:00.000Z' },
  )
  await it.agent.connect()
  await until(() => it.agent.acknowledged() === it.agent.outbox.length)
  expect(await it.read(id)).toMatchObject({ state: 'stopped', desired_state: 'stopped', exit: exit(0) })
  await it.agent.disconnect()
  await it.agent.connect()
  const stops = (await it.app.signedIn(listActivity, { query: { subject_id: id } }))
    .json()
    .items.filter((one: { action: string }) => one.action === 'instance.stopped')
  expect(stops).toMatchObject([{ at: '2020-01-01T00:00:00.000Z', actor_name: 'box' }])
})

test('what changes while a sync is on its way is told after it', async () => {
  await using it = await stage()
  const id = await it.running()
  await it.agent.disconnect()
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  it.agent.answers.set('PUT /instances', async () => {
    await held
    return { status: 200, json: { instances: [it.agent.server(id).observed] } }
  })
  const connecting = it.agent.connect()
  await until(() => it.agent.asked.at(-1) === 'PUT /instances')
  await it.app.signedIn(updateInstance, { params: { id }, body: { env: { LATE: '1' } } })
  const made = (await it.deploy()).instance.id
  release()
  await connecting
  await until(() => it.agent.servers.has(made) && it.agent.server(id).spec.env['LATE'] !== undefined)
  expect(it.agent.server(id).spec.env).toMatchObject({ LATE: '1' })
})

test('names with markup and escape sequences are data', async () => {
  await using it = await stage()
  const name = '<script>alert(1)</script> "\'&'
  const { id } = (await it.deploy({ name, env: { A: '\u001b]0;x\u0007', B: '{{PASSWORD}}' } })).instance
  expect(await it.read(id)).toMatchObject({ name, env: { A: '\u001b]0;x\u0007', B: '{{PASSWORD}}' } })
  await until(() => it.agent.servers.has(id))
  expect(it.agent.server(id).spec).toMatchObject({ name, env: { A: '\u001b]0;x\u0007', B: '{{PASSWORD}}' } })
  expect((await it.deploy({ name: 'a\u001b[31m' })).status).toBe(400)
})
