import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { inventoryRoutes } from '#agent/features/inventory/routes'
import { agentPaths } from '#contract/agent'
import {
  getContainerLogs,
  getInventory,
  getInventoryContainers,
  getInventoryProcesses,
  type Inventory,
  killProcess,
  startContainer,
  stopContainer,
} from '#contract/inventory'
import { urlFor } from '#contract/operation'
import { suspendUser } from '#contract/users'
import { listeningApp, startAgent } from '#server/testing/agent'
import { CONTAINER, someInventory, tellInventory } from '#server/testing/fake-inventory'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

type Staged = Awaited<ReturnType<typeof stage>>
const auditOf = ({ app }: Pick<Staged, 'app'>) =>
  app.control.database
    .prepare(
      `select action, outcome, reason, details from audit_logs where action like 'process.%' or action like 'container.%' order by id`,
    )
    .all() as { action: string; outcome: string; reason: string | null; details: string }[]

test('a real machine is read through its tunnel, and the process that is meant is ended there', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent({
    ...app.forAgent,
    routes: inventoryRoutes({ owners: () => [], engineSockets: () => ['/no/such/socket'] }),
  })
  await until(() => app.agents.isConnected(agent.nodeId()))
  const id = agent.nodeId()
  const child = spawn('sleep', ['1000'])
  const whole = await app.signedIn(getInventory, { params: { id } })
  expect(whole.status).toBe(200)
  const { processes } = whole.json() as Inventory
  const own = processes.find(({ pid }) => pid === child.pid)
  expect(own).toMatchObject({ name: 'sleep', is_protected: false })

  const end = (started_at: string, pid = child.pid) =>
    app.signedIn(killProcess, { params: { id, pid: String(pid) }, body: { started_at } })
  const stale = await end(`${Number(own?.started_at) - 1}`)
  expect([stale.status, stale.json().code, child.exitCode]).toEqual([409, 'process_gone', null])
  const refused = await end(processes.find(({ pid }) => pid === process.pid)?.started_at ?? '', process.pid)
  expect([refused.status, refused.json().code]).toEqual([403, 'process_protected'])
  const ended = once(child, 'exit')
  const twice = await Promise.all([end(own?.started_at ?? ''), end(own?.started_at ?? '')])
  const told = twice.map(({ status, json }) => (status === 204 ? 'ended' : (json().code as string)))
  expect(told).toContain('ended')
  expect(['ended', 'process_gone']).toEqual(expect.arrayContaining(told))
  expect((await ended)[1]).toBe('SIGTERM')
  expect(auditOf({ app } as never).slice(0, 3)).toMatchObject([
    { action: 'process.killed', outcome: 'refused', reason: 'process_gone' },
    { action: 'process.killed', outcome: 'refused', reason: 'process_protected' },
    { action: 'process.killed', outcome: 'done', details: expect.stringContaining('"name":"sleep"') },
  ])
})

test('what a machine of another organization is, and who runs what there, is nobody else’s business', async () => {
  await using it = await stage()
  tellInventory(it.agent)
  const { owner } = await it.app.addOrganization('Elsewhere')
  const params = { id: it.agent.nodeId }
  for (const [op, input] of [
    [getInventory, { params }],
    [getInventoryProcesses, { params }],
    [killProcess, { params: { ...params, pid: '42' }, body: { started_at: '1000' } }],
    [getContainerLogs, { params: { ...params, containerId: CONTAINER } }],
    [startContainer, { params: { ...params, containerId: CONTAINER } }],
  ] as const) {
    const answer = await it.app.call(op, input, { token: owner.token })
    expect([op.schema.operationId, answer.status, answer.json().code]).toEqual([
      op.schema.operationId,
      404,
      'node_not_found',
    ])
  }
  expect(it.agent.asked.filter((asked) => /inventory|kill|containers/.test(asked))).toEqual([])
})

test('a machine that is away is said to be away, and what was tried is written down', async () => {
  await using it = await stage()
  await it.agent.disconnect()
  const params = { id: it.agent.nodeId }
  const read = await it.app.signedIn(getInventoryProcesses, { params })
  const kill = await it.app.signedIn(killProcess, { params: { ...params, pid: '42' }, body: { started_at: '1' } })
  const logs = await it.app.signedIn(getContainerLogs, { params: { ...params, containerId: CONTAINER } })
  expect([read, kill, logs].map(({ status, json }) => [status, json().code])).toEqual(
    Array.from({ length: 3 }, () => [503, 'node_offline']),
  )
  expect(auditOf(it)).toMatchObject([{ action: 'process.killed', outcome: 'failed', reason: 'node_offline' }])
})

test('a hostile agent’s answers are refused, cut short, and claim no servers of others', async () => {
  await using it = await stage()
  const own = await it.running()
  const params = { id: it.agent.nodeId }
  const told = someInventory()
  const [process] = told.processes
  const [container] = told.containers
  if (!process || !container) throw new Error('There is one of each.')
  const foreign = '0199a7b0-0000-7000-8000-000000000000'
  tellInventory(it.agent, {
    ...told,
    processes: Array.from({ length: 5000 }, (_, pid) => ({ ...process, pid, instance_id: pid === 1 ? own : foreign })),
    containers: Array.from({ length: 1500 }, () => ({ ...container, instance_id: foreign })),
  })
  const { processes } = (await it.app.signedIn(getInventoryProcesses, { params })).json()
  expect([processes.length, processes[0].instance_id, processes[1].instance_id]).toEqual([2000, null, own])
  const { containers } = (await it.app.signedIn(getInventoryContainers, { params })).json()
  expect([containers.length, containers[0].instance_id]).toEqual([1000, null])

  for (const json of [
    { at: told.at, processes: [{ ...process, pid: 'one' }], total: 1 },
    { at: 'yesterday', processes: [], total: 0 },
    [],
    'text',
  ]) {
    it.agent.answers.set(`GET ${agentPaths.inventory}`, () => ({ status: 200, json }))
    const answer = await it.app.signedIn(getInventoryProcesses, { params })
    expect([answer.status, answer.json().code]).toEqual([503, 'agent_answer_unusable'])
  }
})

test('containers that are known as a server’s are refused before the machine is asked', async () => {
  await using it = await stage()
  const id = await it.running()
  it.app.control.database.prepare('update instances set container_id = ? where id = ?').run(CONTAINER, id)
  const params = { id: it.agent.nodeId }
  for (const containerId of [CONTAINER, CONTAINER.slice(0, 12), `shardlyn-${id}`]) {
    for (const op of [stopContainer, getContainerLogs]) {
      const answer = await it.app.signedIn(op, { params: { ...params, containerId } })
      expect([answer.status, answer.json().code]).toEqual([409, 'container_managed'])
    }
  }
  expect(it.agent.asked.filter((asked) => asked.includes('/containers/'))).toEqual([])
})

test('a log ends when the right to it does, and the machine is told', async () => {
  let ended = 0
  await using app = await listeningApp()
  await using agent = await startAgent({
    ...app.forAgent,
    routes: [
      {
        method: 'GET',
        path: agentPaths.containerLogs,
        handle: ({ signal }) => ({
          stream: async (sink) => {
            sink.write('ready\n')
            await once(signal, 'abort')
            ended++
          },
        }),
      },
    ],
  })
  await until(() => app.agents.isConnected(agent.nodeId()))
  const reader = await app.addPerson({ email: 'reader@example.com', role: 'admin' })
  const path = urlFor(getContainerLogs, {
    params: { id: agent.nodeId(), containerId: CONTAINER },
    query: { follow: true },
  })
  const response = await fetch(`${app.url}${path}`, {
    headers: { authorization: `Bearer ${reader.token}` },
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  const stream = response.body?.getReader()
  expect(new TextDecoder().decode((await stream?.read())?.value)).toBe('ready\n')
  await app.signedIn(suspendUser, { params: { id: reader.id } })
  await expect(stream?.read()).rejects.toThrow()
  await until(() => ended === 1)
})
