import { expect, test } from 'vitest'
import {
  type AdminMetrics,
  type AdminOrganization,
  getAdminMetrics,
  getAdminOrganization,
  listAdminOrganizations,
  listAuditLogs,
} from '#contract/admin'
import type { AuditLog } from '#contract/audit'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

const read = async (app: TestApp) => (await app.signedIn(getAdminMetrics)).json() as AdminMetrics

test('the metrics count what there is', async () => {
  await using app = await testApp()
  await app.adminToken()
  await app.addPerson({ email: 'ana@example.com', role: 'user' })
  await app.addOrganization('Other')
  const metrics = await read(app)
  expect(metrics).toMatchObject({
    users: { total: 3, suspended: 0, admins: 1, with_mfa: 0, active_24h: 3 },
    organizations: 2,
    sessions: 3,
    api_tokens: 0,
    nodes: { healthy: 0, unhealthy: 0, offline: 0 },
    instances: {},
    workloads: 0,
    sockets: 0,
    sign_ins: { done_24h: 3, refused_24h: 0 },
    last_backup: null,
    jobs_failing: [],
  })
  expect(metrics.storage.free_bytes).toBeGreaterThan(0)
  expect(metrics.process.rss_bytes).toBeGreaterThan(0)
})

test('requests are counted and timed, and a failing job is named', async () => {
  await using app = await testApp()
  const before = await read(app)
  await app.control.db
    .insertInto('jobs')
    .values({ name: 'tidy', next_run_at: 'x', last_run_at: null, last_error: 'disk full' })
    .execute()
  await read(app)
  const { requests, jobs_failing } = await read(app)
  expect(requests.total).toBe(before.requests.total + 2)
  expect([requests.errors, requests.p99_ms === null, requests.per_second > 0]).toEqual([0, false, true])
  expect(jobs_failing).toEqual([{ name: 'tidy', error: 'disk full' }])
})

test('a machine that goes away counts as offline, and its servers as unknown', async () => {
  await using staged = await stage()
  const { app, agent } = staged
  await staged.running()
  agent.heartbeat()
  await until(async () => (await read(app)).nodes.healthy === 1)
  expect(await read(app)).toMatchObject({
    nodes: { healthy: 1, unhealthy: 0, offline: 0 },
    instances: { running: 1 },
    workloads: 1,
  })
  await agent.disconnect()
  await until(async () => (await read(app)).nodes.offline === 1)
  expect((await read(app)).instances).toEqual({ unknown: 1 })
})

test('all organizations are listed by pages and found by name, each with its people', async () => {
  await using app = await testApp()
  await app.adminToken()
  const { id } = await app.addOrganization('50% Off')
  type Listed = { items: AdminOrganization[]; next_cursor: string | null }
  const list = async (query: object) =>
    (await app.signedIn(listAdminOrganizations, { query: { ...query } })).json() as Listed
  const first = await list({ limit: 1 })
  expect(first.items).toMatchObject([{ id, name: '50% Off', members: 1, owner_email: `owner@${id}.example`, nodes: 0 }])
  const second = await list({ limit: 1, cursor: first.next_cursor })
  expect([second.items[0]?.name, second.next_cursor]).toEqual(['Home', null])
  expect((await list({ search: '% o' })).items.map(({ name }) => name)).toEqual(['50% Off'])
  expect((await list({ search: '_' })).items).toEqual([])
  const one = await app.signedIn(getAdminOrganization, { params: { id } })
  expect(one.json()).toMatchObject({ id, people: [{ email: `owner@${id}.example`, role: 'owner' }] })
  expect((await app.signedIn(getAdminOrganization, { params: { id: newId() } })).status).toBe(404)
})

test('the audit log of everybody is listed newest first, by its filters and by pages', async () => {
  await using app = await testApp()
  await app.adminToken()
  const { id, owner } = await app.addOrganization('Other')
  await app.call(listAuditLogs, {}, { token: owner.token })
  type Listed = { items: AuditLog[]; next_cursor: string | null }
  const list = async (query: object) => (await app.signedIn(listAuditLogs, { query: { ...query } })).json() as Listed
  const all = await list({})
  expect(all.items[0]).toMatchObject({ action: 'access.refused', outcome: 'refused', organization_id: id })
  const walked: string[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await list({ limit: 1, ...(cursor && { cursor }) })
    walked.push(...page.items.map((row) => row.id))
    cursor = page.next_cursor
  }
  expect(walked).toEqual(all.items.map((row) => row.id))
  expect((await list({ organization_id: id, outcome: 'refused' })).items).toHaveLength(1)
  expect((await list({ action: 'session' })).items.every(({ action }) => action === 'session.created')).toBe(true)
  expect((await list({ actor: 'OWNER@', action: 'access.refused' })).items).toHaveLength(1)
  expect((await list({ until: '2020-01-01T00:00:00Z' })).items).toEqual([])
  expect((await app.signedIn(listAuditLogs, { query: { cursor: 'x' } })).status).toBe(400)
})
