import { expect, test, vi } from 'vitest'
import { metric } from '#agent/features/metrics/prometheus'
import { createApiToken } from '#contract/api-tokens'
import { getNode, listNodes } from '#contract/nodes'
import { getMetrics, getNodeMetrics } from '#contract/prometheus'
import { newId } from '#server/ids'
import { addInstance, listeningApp, startAgent } from '#server/testing/agent'
import { testApp } from '#server/testing/app'
import { queryName } from './meters.ts'

/** The samples of a page, by name and labels as they stand there; refuses what is not the text format 0.0.4. */
function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const kinds = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line)
    if (type) {
      kinds.set(type[1] ?? '', type[2] ?? '')
      continue
    }
    const [, series = '', name = '', value = ''] =
      /^(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})?) (\S+)$/.exec(line) ?? []
    if (series === '') throw new Error(`not a line of the text format: ${line}`)
    const base = name.replace(/_(bucket|sum|count)$/, '')
    if (!kinds.has(name) && !kinds.has(base)) throw new Error(`a sample before its type: ${line}`)
    if (samples.has(series)) throw new Error(`twice: ${series}`)
    samples.set(series, value === 'Nan' ? Number.NaN : Number(value))
  }
  return samples
}

test('requests, questions to the database and what happens are counted under the documented names', async () => {
  await using app = await testApp()
  await app.adminToken()
  const scrape = async () => samplesOf((await app.signedIn(getMetrics)).text)
  const before = await scrape()
  for (let i = 0; i < 5; i++) await app.signedIn(listNodes)
  await app.signedIn(getNode, { params: { id: newId() } })
  await app.signedIn(getNode, { params: { id: newId() } })
  const after = await scrape()
  const grew = (series: string) => (after.get(series) ?? 0) - (before.get(series) ?? 0)
  expect(grew('shardlyn_http_requests_total{method="GET",path="/v1/nodes",status="200"}')).toBe(5)
  // However many machines are asked for, it is one series.
  expect(grew('shardlyn_http_requests_total{method="GET",path="/v1/nodes/:id",status="404"}')).toBe(2)
  expect(grew('shardlyn_http_request_duration_seconds_count{method="GET",path="/v1/nodes"}')).toBe(5)
  expect(grew('shardlyn_db_query_duration_seconds_count{query="select_nodes"}')).toBeGreaterThanOrEqual(7)
  expect(after.get('shardlyn_http_requests_in_flight')).toBe(1)
  expect(after.get('shardlyn_db_connections_open')).toBe(1)
  expect(after.get('shardlyn_db_connections_in_use')).toBe(0)
  expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
})

test('machines and servers are counted by state, and what happened to servers', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await vi.waitFor(async () =>
    expect((await app.signedIn(listNodes, { query: { state: 'healthy' } })).json().items).toHaveLength(1),
  )
  const node = (await app.signedIn(getNode, { params: { id: agent.nodeId() } })).json()
  await addInstance(app, node)
  await app.control.db.updateTable('instances').set({ state: 'running' }).execute()
  const samples = samplesOf((await app.signedIn(getMetrics)).text)
  expect(samples.get('shardlyn_nodes{state="healthy"}')).toBe(1)
  expect(samples.get('shardlyn_nodes{state="offline"}')).toBe(0)
  expect(samples.get('shardlyn_instances{state="running"}')).toBe(1)
  expect(samples.get('shardlyn_tunnel_agents_connected')).toBe(1)
  expect(samples.get('shardlyn_tunnel_received_bytes_total')).toBeGreaterThan(0)
  expect(samples.get('shardlyn_instance_transitions_total{transition="created"}')).toBe(0)
})

test('only platform administrators scrape, also with a token that holds the right', async () => {
  await using app = await testApp()
  const admin = await app.adminToken()
  const { owner } = await app.addOrganization('Others')
  expect((await app.call(getMetrics)).status).toBe(401)
  expect((await app.call(getMetrics, {}, { token: owner.token })).status).toBe(403)
  const made = async (scopes: string[]) =>
    (await app.call(createApiToken, { body: { name: 'prometheus', scopes } }, { token: admin })).json().token as string
  expect((await app.call(getMetrics, {}, { token: await made(['nodes.view']) })).status).toBe(403)
  expect((await app.call(getMetrics, {}, { token: await made(['platform.admin']) })).status).toBe(200)
})

test('a machine tells of itself through its tunnel; one of another organization does not exist', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(true))
  const usage = {
    cpu_percent: 50,
    memory_bytes: 1024,
    memory_limit_bytes: null,
    network_in_bytes_per_second: null,
    network_out_bytes_per_second: null,
    pids: 3,
    uptime_seconds: 9,
    disk_bytes: 77,
  }
  const [one, two] = [newId(), newId()]
  agent.state.usages = [
    { id: one, state: 'running', usage },
    { id: two, state: 'stopped', usage: null },
  ]
  const params = { id: agent.nodeId() }
  const answer = await vi.waitFor(async () => {
    const answer = await app.signedIn(getNodeMetrics, { params })
    expect(answer.headers['content-type']).toContain('text/plain')
    return answer
  }, 10_000)
  const samples = samplesOf(answer.text)
  expect(samples.get('shardlyn_node_memory_used_bytes')).toBeGreaterThan(1e6)
  expect(samples.get(`shardlyn_instance_cpu_percent{instance_id="${one}"}`)).toBe(50)
  expect(samples.get(`shardlyn_instance_state{instance_id="${two}",state="stopped"}`)).toBe(1)
  expect([...samples.keys()].filter((key) => key.startsWith('shardlyn_instance_memory_limit'))).toEqual([])
  const { owner } = await app.addOrganization('Others')
  expect((await app.call(getNodeMetrics, { params }, { token: owner.token })).status).toBe(404)
})

test('labels are escaped, and what is not known is left out', () => {
  const text = metric('x', 'gauge', 'X.', [{ labels: { a: 'one"\\\n' }, value: 1 }, { value: null }])
  expect(text).toBe('# HELP x X.\n# TYPE x gauge\nx{a="one\\"\\\\\\n"} 1\n')
  expect(samplesOf(text).size).toBe(1)
  expect(metric('x', 'gauge', 'X.', [{ value: null }])).toBe('')
})

test.each([
  ['select "id" from "nodes" where "id" = ?', 'select_nodes'],
  ['insert into "audit_logs" ("id") values (?)', 'insert_audit_logs'],
  ['update "instances" set "state" = ?', 'update_instances'],
  ['delete from "jobs" where 1', 'delete_jobs'],
  ['select "id", (select count(*) from "instances" where (1)) as "n" from "nodes"', 'select_nodes'],
  ['begin', 'begin'],
])('%s is told as %s', (sql, name) => expect(queryName(sql)).toBe(name))
