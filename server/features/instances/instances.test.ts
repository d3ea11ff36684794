import { expect, test } from 'vitest'
import { listTasks } from '#contract/activity'
import {
  createInstance,
  deleteInstance,
  getInstance,
  getInstanceMetricsHistory,
  getInstanceStats,
  type Instance,
  killInstance,
  listInstances,
  restartInstance,
  startInstance,
  stopInstance,
  updateInstance,
} from '#contract/instances'
import { updateWorkload } from '#contract/workloads'
import { newId } from '#server/ids'
import { addWorkload, game, stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

test('a deployed server is created, told to its machine, and runs', async () => {
  await using it = await stage()
  const { status, instance } = await it.deploy({ variables: { SLOTS: '20', PASSWORD: 'hunter2' }, env: { TZ: 'UTC' } })
  expect(status).toBe(202)
  expect(instance).toMatchObject({
    name: 'game-1',
    workload_name: 'game',
    runtime: 'process',
    node_name: 'box',
    state: 'creating',
    desired_state: 'running',
    address: '192.0.2.10:25565',
    ports: [
      { name: 'game', container_port: 25565, host_port: 25565, protocol: 'tcp' },
      { name: 'game', container_port: 25565, host_port: 25565, protocol: 'udp' },
      { name: 'query', container_port: 8080, host_port: 25000, protocol: 'tcp' },
    ],
    variables: { MAP: 'desert', SLOTS: '20', PASSWORD: 'hunter2', BUILD: '7', INTERNAL: 'x' },
    env: { TZ: 'UTC' },
    limits: { cpu: 1.5, memory_bytes: 1024 ** 3 },
    restart_needed: false,
  })
  await until(async () => (await it.read(instance.id)).state === 'running')
  expect(await it.read(instance.id)).toMatchObject({
    pid: 4242,
    crash_log: null,
    document: { metadata: { name: 'game' } },
  })
  expect(it.agent.server(instance.id).spec).toMatchObject({
    generation: 1,
    env: { SLOTS: '20', MAP: 'desert', TZ: 'UTC' },
    secret_env: ['PASSWORD'],
    initial_power: 'running',
  })
  const tasks = (await it.app.signedIn(listTasks)).json().items
  expect(tasks).toMatchObject([{ kind: 'instance.create', subject_name: 'game-1', state: 'done' }])
})

test('the names that are not chosen are numbered, and a taken one is refused', async () => {
  await using it = await stage()
  const names = [
    (await it.deploy()).instance.name,
    (await it.deploy()).instance.name,
    (await it.deploy({ name: 'Übung <b>' })).instance.name,
  ]
  expect(names).toEqual(['game-1', 'game-2', 'Übung <b>'])
  const taken = await it.deploy({ name: 'game-1' })
  expect([taken.status, taken.json().code]).toEqual([409, 'name_taken'])
})

test.each([
  ['an unknown variable', { variables: { NOPE: '1' } }, 'variables.NOPE'],
  ['a value that is not an option', { variables: { MAP: 'moon' } }, 'variables.MAP'],
  ['a number out of range', { variables: { SLOTS: '65' } }, 'variables.SLOTS'],
  ['a variable that is fixed', { variables: { BUILD: '8' } }, 'variables.BUILD'],
  ['a port that the workload has not', { ports: [{ name: 'nope', host_port: 30000 }] }, 'ports.nope'],
  [
    'a port given twice',
    {
      ports: [
        { name: 'game', host_port: 30000 },
        { name: 'game', host_port: 30001 },
      ],
    },
    'ports.game',
  ],
  ['an environment that gets round a variable', { env: { BUILD: '8' } }, 'env.BUILD'],
  ['a NUL in the environment', { env: { A: 'x\0y' } }, 'env.A'],
])('refuses %s', async (_, body, path) => {
  await using it = await stage()
  const { status, json } = await it.deploy(body)
  expect([status, json().details[0].path]).toEqual([400, path])
})

test('a machine is refused that is cordoned, draining, or lacks the runtime', async () => {
  await using it = await stage({ runtimes: ['docker'] })
  expect((await it.deploy()).json()).toMatchObject({
    code: 'runtime_missing',
    error: expect.stringContaining('box does not offer'),
  })
  const nodes = (change: object) => it.app.control.db.updateTable('nodes').set(change).execute()
  await nodes({ capabilities: '{"runtimes":["process"]}', cordoned: 1 })
  expect((await it.deploy()).json().code).toBe('node_cordoned')
  await nodes({ cordoned: 0, draining: 1 })
  expect((await it.deploy()).json().code).toBe('node_draining')
  await nodes({ draining: 0 })
  expect((await it.deploy()).status).toBe(202)
  const docker = await addWorkload(it.app, { image: 'alpine' }, 'boxed')
  expect((await it.deploy({ workload_id: docker })).json()).toMatchObject({
    code: 'runtime_missing',
    error: expect.stringContaining('no Docker engine answers'),
  })
})

test('a server deployed on a machine that is away waits there, and is delivered when it is back', async () => {
  await using it = await stage()
  await it.agent.disconnect()
  const { status, instance } = await it.deploy()
  expect(status).toBe(202)
  await until(
    async () => (await it.read(instance.id)).state_reason?.startsWith('The machine box is away since ') === true,
  )
  expect(await it.read(instance.id)).toMatchObject({ state: 'creating' })
  await it.agent.connect()
  await until(async () => (await it.read(instance.id)).state === 'running')
})

test('servers of a machine that is away are unknown, say why, and are found by that state', async () => {
  await using it = await stage()
  const id = await it.running()
  it.agent.heartbeat({
    cpu_percent: 50,
    memory_bytes: 1,
    memory_limit_bytes: null,
    network_in_bytes_per_second: null,
    network_out_bytes_per_second: null,
    pids: 1,
    uptime_seconds: 1,
    disk_bytes: null,
  })
  await until(async () => (await it.read(id)).usage?.cpu_percent === 50)
  await it.agent.disconnect()
  await until(async () => (await it.read(id)).state === 'unknown')
  expect(await it.read(id)).toMatchObject({
    usage: null,
    state_reason: expect.stringMatching(/^The machine box is away since .* UTC\.$/),
  })
  const found = async (state: string) =>
    (await it.app.signedIn(listInstances, { query: { state } })).json().items.map((one: Instance) => one.id)
  expect([await found('unknown'), await found('running')]).toEqual([[id], []])
  await it.agent.connect()
  await until(async () => (await it.read(id)).state === 'running')
  expect([await found('unknown'), await found('running')]).toEqual([[], [id]])
})

test('the list is filtered, searched and paged, newest first', async () => {
  await using it = await stage()
  for (let i = 0; i < 5; i++) await it.deploy({ name: `s${i}` })
  const other = await it.deploy({ name: '100%_sure' })
  const list = async (query: object) => (await it.app.signedIn(listInstances, { query: { ...query } })).json()
  const names = (page: { items: Instance[] }) => page.items.map(({ name }) => name)
  const first = await list({ limit: 4 })
  expect(names(first)).toEqual(['100%_sure', 's4', 's3', 's2'])
  expect(names(await list({ limit: 4, cursor: first.next_cursor }))).toEqual(['s1', 's0'])
  expect(names(await list({ search: '%_S' }))).toEqual(['100%_sure'])
  expect(names(await list({ search: 'GAME', limit: 1 }))).toEqual(['100%_sure'])
  expect(names(await list({ node_id: newId() }))).toEqual([])
  expect(names(await list({ workload_id: it.workload_id, node_id: it.agent.nodeId }))).toHaveLength(6)
  expect((await list({ limit: 1 })).items[0]).toMatchObject({ id: other.instance.id, crash_log: null })
})

test('dots sent back for a secret change nothing', async () => {
  await using it = await stage()
  const id = await it.running({ variables: { PASSWORD: 'hunter2' } })
  const changed = await it.app.signedIn(updateInstance, {
    params: { id },
    body: { variables: { PASSWORD: '••••••', SLOTS: '11' } },
  })
  expect(changed.json().variables).toMatchObject({ PASSWORD: 'hunter2', SLOTS: '11' })
})

test('a change makes a new generation, reaches the machine, and asks for a restart until it has happened', async () => {
  await using it = await stage()
  const id = await it.running()
  const put = (body: object) => it.app.signedIn(updateInstance, { params: { id }, body })
  const changed = await put({
    name: 'renamed',
    ports: [{ name: 'game', host_port: 27000 }],
    limits: { memory_bytes: null },
    env: { A: '1' },
  })
  expect(changed.json()).toMatchObject({
    name: 'renamed',
    address: '192.0.2.10:27000',
    limits: { cpu: 1.5, memory_bytes: null },
    restart_needed: true,
    variables: { MAP: 'desert' },
  })
  await until(() => it.agent.server(id).spec.generation === 2)
  expect(it.agent.server(id).spec).toMatchObject({ name: 'renamed', env: { A: '1' }, limits: { memory_bytes: null } })
  expect((await it.app.signedIn(restartInstance, { params: { id } })).status).toBe(202)
  await until(async () => !(await it.read(id)).restart_needed)
  expect((await put({ variables: { MAP: 'ice' } })).json()).toMatchObject({
    env: { A: '1' },
    address: '192.0.2.10:27000',
  })
  expect((await put({ name: 'renamed' })).status).toBe(200)
  const other = (await it.deploy()).instance
  expect((await put({ name: other.name })).json().code).toBe('name_taken')
  expect((await put({ ports: [{ name: 'game', host_port: other.ports[0]?.host_port }] })).json().code).toBe(
    'port_taken',
  )
  expect((await put({ variables: { MAP: 'moon' } })).status).toBe(400)
})

test('a change while the machine is away is kept and delivered when it is back', async () => {
  await using it = await stage()
  const id = await it.running()
  await it.agent.disconnect()
  expect((await it.app.signedIn(updateInstance, { params: { id }, body: { env: { LATE: '1' } } })).status).toBe(200)
  await it.agent.connect()
  await until(() => it.agent.server(id).spec.env['LATE'] === '1')
})

test('every operation answers 404 for a server of another organization', async () => {
  await using it = await stage()
  const id = await it.running()
  const { owner } = await it.app.addOrganization('Elsewhere')
  const calls = [
    [getInstance, {}],
    [updateInstance, { body: { name: 'mine' } }],
    [deleteInstance, { query: { data: 'delete', force: true } }],
    [startInstance, {}],
    [stopInstance, {}],
    [restartInstance, {}],
    [killInstance, {}],
    [getInstanceStats, {}],
    [getInstanceMetricsHistory, {}],
  ] as const
  for (const [op, input] of calls) {
    const foreign = await it.app.call(op, { params: { id }, ...input }, { token: owner.token })
    const missing = await it.app.call(op, { params: { id: newId() }, ...input }, { token: owner.token })
    expect([op.schema.operationId, foreign.status, foreign.text]).toEqual([op.schema.operationId, 404, missing.text])
  }
  for (const body of [
    { workload_id: it.workload_id, node_id: it.agent.nodeId },
    { workload_id: newId(), node_id: newId() },
  ]) {
    expect((await it.app.call(createInstance, { body }, { token: owner.token })).status).toBe(404)
  }
  expect((await it.app.call(listInstances, {}, { token: owner.token })).json().items).toEqual([])
  expect((await it.read(id)).state).toBe('running')
})

test('a server stays with its version of the workload until it is moved to the newest', async () => {
  await using it = await stage()
  const id = await it.running({ variables: { SLOTS: '20', MAP: 'ice' } })
  const spec = {
    ...game,
    ports: [...game.ports, { name: 'rcon', containerPort: 27015 }],
    variables: [{ name: 'Slots', env: 'SLOTS', default: '8', rules: { type: 'integer', min: 1, max: 16 } }],
  }
  const document = { apiVersion: 'shardlyn/v1', kind: 'Workload', metadata: { name: 'game' }, spec }
  await it.app.signedIn(updateWorkload, { params: { id: it.workload_id }, body: { document } })
  expect(await it.read(id)).toMatchObject({ workload_version: 1, variables: { MAP: 'ice' } })
  const move = (body: object) =>
    it.app.signedIn(updateInstance, { params: { id }, body: { workload_version: 'latest', ...body } })
  expect((await move({})).json()).toMatchObject({
    code: 'invalid_variables',
    details: [{ path: 'variables.SLOTS', message: 'must be a whole number from 1 to 16' }],
  })
  const moved = (await move({ variables: { SLOTS: '16' } })).json()
  expect(moved).toMatchObject({ workload_version: 2, variables: { SLOTS: '16' }, address: '192.0.2.10:25565' })
  expect(moved.variables).not.toHaveProperty('MAP')
  expect(moved.ports.map(({ name }: { name: string }) => name)).toEqual(['game', 'game', 'query', 'rcon'])
  await until(() => it.agent.server(id).spec.generation === 2)
  expect(it.agent.server(id).spec.ports).toHaveLength(4)
})
