import { expect, test } from 'vitest'
import { listActivity, listTasks } from '#contract/activity'
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

test('fifty deployments at once never share a port or a name', async () => {
  await using it = await stage({}, { ...game, ports: [{ name: 'game', containerPort: 25565, alsoUdp: true }] })
  const answers = await Promise.all(Array.from({ length: 50 }, () => it.deploy()))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 202))
  const ports = answers.flatMap(({ instance }) =>
    instance.ports.map(({ host_port, protocol }) => `${host_port}/${protocol}`),
  )
  expect(new Set(ports).size).toBe(100)
  expect(new Set(answers.map(({ instance }) => instance.name)).size).toBe(50)
  for (const { instance } of answers) expect(instance.ports[0]?.host_port).toBe(instance.ports[1]?.host_port)
})

test('ports that the machine listens on are not given out, and a wished one says who has it', async () => {
  await using it = await stage({
    listening: [
      { port: 25565, protocol: 'udp', process: 'other-game' },
      { port: 25000, protocol: 'tcp', process: null },
    ],
  })
  const first = (await it.deploy()).instance
  expect(first.ports.map(({ host_port }) => host_port)).toEqual([25001, 25001, 25002])
  const busy = await it.deploy({ ports: [{ name: 'game', host_port: 25565 }] })
  expect([busy.status, busy.json()]).toMatchObject([
    409,
    { code: 'port_taken', error: expect.stringContaining('other-game') },
  ])
  const ours = await it.deploy({ ports: [{ name: 'query', host_port: 25001 }] })
  expect([ours.status, ours.json()]).toMatchObject([
    409,
    { code: 'port_taken', error: expect.stringContaining('the server game-1') },
  ])
  expect((await it.deploy({ ports: [{ name: 'query', host_port: 31000 }] })).instance.ports[2]?.host_port).toBe(31000)
})

test('a range without a free port is refused in words', async () => {
  await using it = await stage(
    {},
    {
      ...game,
      ports: [
        { name: 'a', containerPort: 80 },
        { name: 'b', containerPort: 81 },
      ],
    },
  )
  await it.app.control.db.updateTable('nodes').set({ port_start: 30_000, port_end: 30_002 }).execute()
  expect((await it.deploy()).status).toBe(202)
  const full = await it.deploy()
  expect([full.status, full.json()]).toMatchObject([
    409,
    { code: 'no_free_port', error: expect.stringContaining('30000 to 30002') },
  ])
  expect((await it.app.signedIn(listInstances)).json().items).toHaveLength(1)
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
