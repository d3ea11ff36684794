import { expect, test, vi } from 'vitest'
import { listActivity } from '#contract/activity'
import { createApiToken } from '#contract/api-tokens'
import { registerAgent } from '#contract/agent'
import { createRegisterToken, deleteNode, getNode, getNodeMetricsHistory, listNodes, updateNode } from '#contract/nodes'
import { getTunnelStats, listTunnelAgents } from '#contract/tunnel'
import { newId } from '#server/ids'
import { addInstance, listeningApp, registerToken, startAgent } from '#server/testing/agent'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

const machine = { hostname: 'attic', platform: 'linux', arch: 'x64', agent_version: '1.0.0', protocol: 1 }
const join = (app: TestApp, token: string, change: object = {}) =>
  app.call(registerAgent, { body: { ...machine, token, ...change } })
const joined = async (app: TestApp, change: object = {}) =>
  (await join(app, await registerToken(app), change)).json() as { node_id: string; agent_token: string }

test('of fifty machines that spend one token at once, one joins', async () => {
  await using app = await testApp()
  const token = await registerToken(app)
  // Each from an address of its own, or the limit on attempts would decide it.
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      app.app.inject({
        method: 'POST',
        url: registerAgent.url,
        remoteAddress: `192.0.2.${i + 1}`,
        headers: { host: 'localhost', 'content-type': 'application/json' },
        payload: JSON.stringify({ ...machine, token }),
      }),
    ),
  )
  const statuses = answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b)
  expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 403)])
  expect((await app.signedIn(listNodes)).json().items).toHaveLength(1)
})

test('a token dies when it expires, and is kept as a hash only', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const made = (await app.signedIn(createRegisterToken, { body: { expires_in: 60 } })).json()
  expect(Date.parse(made.expires_at) - clock.now()).toBe(60_000)
  const rows = JSON.stringify(await app.control.db.selectFrom('node_register_tokens').selectAll().execute())
  expect(rows).not.toContain(made.token)
  clock.advance(60_000)
  const refused = await join(app, made.token)
  expect([refused.status, refused.json().code]).toEqual([403, 'bad_register_token'])
})

test('machines get the name that was chosen for them, else their own, made unique', async () => {
  await using app = await testApp()
  const named = (await app.signedIn(createRegisterToken, { body: { name: 'Tower', labels: { room: 'attic' } } })).json()
  await join(app, named.token, { name: 'ignored' })
  await joined(app)
  await joined(app)
  await joined(app, { name: 'Tower' })
  const { items } = (await app.signedIn(listNodes)).json()
  expect(items.map(({ name, labels }: { name: string; labels: object }) => [name, labels])).toEqual([
    ['Tower-2', {}],
    ['attic-2', {}],
    ['attic', {}],
    ['Tower', { room: 'attic' }],
  ])
})

test('lists are paged, searched and filtered by state', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await vi.waitFor(async () =>
    expect((await app.signedIn(listNodes, { query: { state: 'healthy' } })).json().items).toHaveLength(1),
  )
  await joined(app, { name: '50% _off' })
  await joined(app, { name: 'other' })
  const names = async (query: Record<string, unknown>) =>
    (await app.signedIn(listNodes, { query })).json().items.map(({ name }: { name: string }) => name)
  expect(await names({ search: '50%' })).toEqual(['50% _off'])
  expect(await names({ search: 'OTHER' })).toEqual(['other'])
  expect(await names({ search: '%' })).toEqual(['50% _off'])
  expect(await names({ state: 'offline' })).toEqual(['other', '50% _off'])
  expect(await names({ state: 'unhealthy' })).toEqual([])
  const first = (await app.signedIn(listNodes, { query: { limit: 2 } })).json()
  const second = (await app.signedIn(listNodes, { query: { limit: 2, cursor: first.next_cursor } })).json()
  expect([first.items.length, second.items.map(({ id }: { id: string }) => id), second.next_cursor]).toEqual([
    2,
    [agent.nodeId()],
    null,
  ])
})

test('a machine of another organization does not exist', async () => {
  await using app = await testApp()
  const { node_id: id } = await joined(app)
  const { owner } = await app.addOrganization('Others')
  const params = { id }
  for (const [op, input] of [
    [getNode, { params }],
    [updateNode, { params, body: { name: 'mine' } }],
    [deleteNode, { params }],
    [getNodeMetricsHistory, { params }],
  ] as const) {
    const answer = await app.call(op, input, { token: owner.token })
    expect([op.schema.operationId, answer.status, answer.json().code]).toEqual([
      op.schema.operationId,
      404,
      'node_not_found',
    ])
  }
  expect((await app.call(listNodes, {}, { token: owner.token })).json().items).toEqual([])
})

test('a machine is renamed, labelled, addressed and given ports; the rest stays', async () => {
  await using app = await testApp()
  const { node_id: id } = await joined(app)
  await joined(app, { name: 'other' })
  const update = (body: object) => app.signedIn(updateNode, { params: { id }, body })
  expect((await update({ name: ' tower ', labels: { a: 'b' } })).json()).toMatchObject({
    name: 'tower',
    labels: { a: 'b' },
    address: null,
  })
  expect(
    (await update({ address: 'play.example.com', port_range: { start: 25000, end: 25010 } })).json(),
  ).toMatchObject({
    name: 'tower',
    labels: { a: 'b' },
    address: 'play.example.com',
    port_range: { start: 25000, end: 25010 },
  })
  expect((await update({ address: null })).json().address).toBeNull()
  expect((await update({ name: 'tower' })).status).toBe(200)
  const refusals = [
    await update({ name: 'other' }),
    await update({ port_range: { start: 25010, end: 25000 } }),
    await update({}),
    await update({ is_local: true }),
  ].map((answer) => [answer.status, answer.json().code])
  expect(refusals).toEqual([
    [409, 'node_name_taken'],
    [400, 'bad_port_range'],
    [400, 'invalid_request'],
    [400, 'invalid_request'],
  ])
})

test('a port range that leaves out used ports is refused by name', async () => {
  await using app = await testApp()
  const { node_id: id } = await joined(app)
  const node = (await app.signedIn(getNode, { params: { id } })).json()
  const instance_id = await addInstance(app, node)
  await app.control.db
    .insertInto('instance_ports')
    .values({
      instance_id,
      node_id: id,
      name: 'game',
      container_port: 1,
      host_port: 25565,
      protocol: 'tcp',
      is_primary: 1,
    })
    .execute()
  const refused = await app.signedIn(updateNode, { params: { id }, body: { port_range: { start: 25000, end: 25564 } } })
  expect([refused.status, refused.json().code, refused.json().error]).toEqual([
    409,
    'ports_in_use',
    expect.stringContaining('25565'),
  ])
  expect(
    (await app.signedIn(updateNode, { params: { id }, body: { port_range: { start: 25565, end: 25565 } } })).status,
  ).toBe(200)
})

test('a machine with servers, and the one we run on, are not deleted', async () => {
  await using app = await testApp({ config: { localNode: true } })
  const { node_id: id } = await joined(app)
  const node = (await app.signedIn(getNode, { params: { id } })).json()
  await addInstance(app, node)
  const busy = await app.signedIn(deleteNode, { params: { id } })
  expect([busy.status, busy.json().code]).toEqual([409, 'node_has_instances'])
  const local = await join(app, await app.registration.createLocalToken(node.organization_id, 'here'))
  const refused = await app.signedIn(deleteNode, { params: { id: local.json().node_id } })
  expect([refused.status, refused.json().code]).toEqual([409, 'node_is_local'])
})

test('the machine that we run on stays one machine when its agent joins again', async () => {
  await using app = await testApp()
  await app.adminToken()
  const home = (await app.registration.home()) ?? ''
  const first = (await join(app, await app.registration.createLocalToken(home, 'here'))).json()
  const again = (await join(app, await app.registration.createLocalToken(home, 'here'))).json()
  expect(again.node_id).toBe(first.node_id)
  expect((await app.signedIn(listNodes)).json().items).toMatchObject([{ name: 'here', is_local: true }])
})

test('a node is deleted: its agent is cut off and its token is dead within two seconds', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(true))
  const params = { id: agent.nodeId() }
  expect((await app.signedIn(deleteNode, { params })).status).toBe(204)
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(false), 2000)
  const identity = agent.identity()
  const refused = await fetch(`${app.url}/v1/agent/tunnel`, { headers: { 'x-agent-token': identity.agent_token } })
  expect(refused.status).toBe(401)
  expect((await app.signedIn(getNode, { params })).status).toBe(404)
  expect((await app.signedIn(listTunnelAgents)).json().items).toEqual([])
  expect((await app.signedIn(listActivity)).json().items[0]).toMatchObject({
    action: 'node.deleted',
    subject_id: params.id,
  })
})

test('what the agent says is shown: facts, usage, metrics, and the tunnel it came through', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  const params = { id: '' }
  await vi.waitFor(async () => {
    params.id = agent.nodeId()
    expect((await app.signedIn(getNode, { params })).json()).toMatchObject({
      state: 'healthy',
      usage: { memory_bytes: expect.any(Number) },
    })
  })
  const node = (await app.signedIn(getNode, { params })).json()
  expect(node).toMatchObject({
    platform: process.platform,
    arch: process.arch,
    cpu_cores: expect.any(Number),
    memory_total_bytes: expect.any(Number),
    disk_total_bytes: expect.any(Number),
    agent_version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    capabilities: { runtimes: ['process'] },
    state_reason: null,
    last_seen_at: expect.any(String),
  })
  await vi.waitFor(async () => {
    const history = (await app.signedIn(getNodeMetricsHistory, { params, query: { range: '1h' } })).json()
    expect(history.series.memory_bytes.filter((value: number | null) => value !== null).length).toBeGreaterThan(0)
  }, 15_000)
  expect((await app.signedIn(listTunnelAgents)).json().items).toMatchObject([
    { node_id: params.id, node_name: node.name, transport: 'upgrade', epoch: 1, round_trip_ms: expect.any(Number) },
  ])
  expect((await app.signedIn(getTunnelStats)).json()).toMatchObject({
    connected: 1,
    nodes: 1,
    reconnects: 0,
    streams_open: 1,
    bytes_in: expect.any(Number),
  })
})

test.each([
  [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'bad_range'],
  [{ from: 'yesterday' }, 'invalid_request'],
  [{ range: '2h' }, 'invalid_request'],
  [{ resolution: 1 }, 'invalid_request'],
])('a history of %o is refused', async (query, code) => {
  await using app = await testApp()
  const { node_id: id } = await joined(app)
  const refused = await app.signedIn(getNodeMetricsHistory, { params: { id }, query })
  expect([refused.status, refused.json().code]).toEqual([400, code])
})

test('a machine that nobody knows is not found', async () => {
  await using app = await testApp()
  const refused = await app.signedIn(getNode, { params: { id: newId() } })
  expect([refused.status, refused.json().code]).toEqual([404, 'node_not_found'])
})

test('a token says which machine will have come with it, and a machine that joins again never takes that id', async () => {
  await using app = await testApp()
  const made = (await app.signedIn(createRegisterToken, { body: { name: 'Tower' } })).json()
  expect((await app.signedIn(getNode, { params: { id: made.node_id } })).status).toBe(404)
  expect((await join(app, made.token)).json().node_id).toBe(made.node_id)
  expect((await app.signedIn(getNode, { params: { id: made.node_id } })).json()).toMatchObject({ name: 'Tower' })
  expect((await join(app, made.token)).status).toBe(403)
})

test('a program makes tokens with an API token that may, and is told what is missing with one that may not', async () => {
  await using app = await testApp()
  const tokenOf = async (scopes: string[]) =>
    (await app.signedIn(createApiToken, { body: { name: scopes.join(), scopes } })).json().token as string
  const made = await app.call(createRegisterToken, { body: {} }, { token: await tokenOf(['nodes.create']) })
  expect(made.status).toBe(201)
  expect((await join(app, made.json().token)).json().node_id).toBe(made.json().node_id)
  const refused = await app.call(createRegisterToken, { body: {} }, { token: await tokenOf(['nodes.view']) })
  expect([refused.status, refused.json().code]).toEqual([403, 'missing_permission'])
  expect(refused.json().error).toContain('This API token may not do nodes.create')
})
