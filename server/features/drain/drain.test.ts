import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createInstance, getInstance } from '#contract/instances'
import {
  cordonNode,
  type DrainStep,
  drainNode,
  getDrainPlan,
  listMigrations,
  type Migration,
  uncordonNode,
} from '#contract/migrations'
import { getNode, updateNode } from '#contract/nodes'
import { createWorkload } from '#contract/workloads'
import type { Static } from 'typebox'
import { newId } from '#server/ids'
import { twoMachines } from '#server/testing/moving'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeAgent } from '#server/testing/fake-agent'
import { addWorkload } from '#server/testing/stage'
import { until } from '#server/testing/until'

type Steps = Static<typeof DrainStep>[]
const healthy = (app: TestApp, id: string) =>
  until(async () => (await app.signedIn(getNode, { params: { id } })).json().state === 'healthy')

test('a machine is emptied as its plan says: servers run elsewhere with their data, and it takes no new ones', async () => {
  await using it = await twoMachines()
  const { app, attic, cellar } = it
  await healthy(app, cellar.nodeId())
  const first = await it.deploy()
  const { workload_id } = await it.read(first)
  const another = await app.signedIn(createInstance, { body: { workload_id, node_id: attic.nodeId() } })
  const ids = [first, another.json().id as string]
  await until(async () => (await it.read(ids[1] ?? '')).state === 'running', 20_000)
  for (const id of ids) writeFileSync(join(attic.dataOf(id), 'map'), `of ${id}`)
  const params = { id: attic.nodeId() }

  const plan = (await app.signedIn(getDrainPlan, { params })).json().steps as Steps
  expect(plan.map(({ target_node_name, reason }) => [target_node_name, reason])).toEqual([
    ['cellar', null],
    ['cellar', null],
  ])
  // Looking changes nothing.
  expect((await app.signedIn(getNode, { params })).json()).toMatchObject({ cordoned: false, draining: false })

  const begun = await app.signedIn(drainNode, { params, body: { mode: 'stop' } })
  expect(begun.status).toBe(202)
  expect(begun.json().node).toMatchObject({ draining: true })
  const moves = begun.json().migrations as Migration[]
  expect(new Set(moves.map(({ drain_id }) => drain_id)).size).toBe(1)
  for (const { id } of moves) expect(await it.ended(id)).toMatchObject({ state: 'done' })
  for (const id of ids) {
    await until(async () => (await it.read(id)).state === 'running')
    expect(readFileSync(join(cellar.dataOf(id), 'map'), 'utf8')).toBe(`of ${id}`)
    expect(existsSync(attic.dataOf(id))).toBe(false)
  }
  const refused = await app.signedIn(createInstance, {
    body: { workload_id, node_id: attic.nodeId() },
  })
  expect([refused.status, refused.json().code]).toEqual([409, 'node_draining'])

  expect((await app.signedIn(uncordonNode, { params })).json()).toMatchObject({ cordoned: false, draining: false })
  // Empty already: there is nothing to do, and that is fine.
  expect((await app.signedIn(drainNode, { params })).json()).toMatchObject({ steps: [], migrations: [] })
})

test('what finds no place stays where it is, and is told why', async () => {
  await using it = await twoMachines()
  const { app, attic, cellar } = it
  await healthy(app, cellar.nodeId())
  const document = (name: string, spec: object, annotations = {}) => ({
    document: {
      apiVersion: 'shardlyn/v1',
      kind: 'Workload',
      metadata: { name, annotations },
      spec: { runtime: 'process', command: ['/bin/sleep', '1000'], ...spec },
    },
  })
  const place = async (body: object) => {
    const workload = (await app.signedIn(createWorkload, { body })).json()
    const made = await app.signedIn(createInstance, {
      body: { workload_id: workload.id, node_id: attic.nodeId(), start: false },
    })
    if (made.status !== 202) throw new Error(made.text)
    await until(async () => (await it.read(made.json().id)).state === 'stopped')
    mkdirSync(attic.dataOf(made.json().id), { recursive: true })
    return made.json().id as string
  }
  await app.signedIn(updateNode, { params: { id: attic.nodeId() }, body: { labels: { disk: 'ssd' } } })
  const picky = await place(document('picky', {}, { 'shardlyn.com/node-labels': 'disk=ssd' }))
  const huge = await place(document('huge', { resources: { limits: { memory: '900Gi' } } }))
  const plain = await place(document('plain', {}))
  const answer = (await app.signedIn(drainNode, { params: { id: attic.nodeId() } })).json()
  const codes = Object.fromEntries((answer.steps as Steps).map(({ instance_id, code }) => [instance_id, code]))
  expect(codes).toEqual({ [picky]: 'wrong_labels', [huge]: 'no_memory', [plain]: null })
  expect(answer.migrations).toHaveLength(1)
  expect(await it.ended(answer.migrations[0].id)).toMatchObject({ state: 'done', reason: null, instance_id: plain })
  expect(await it.read(picky)).toMatchObject({ node_id: attic.nodeId(), state: 'stopped' })
})

test('taking a machine back into use ends the draining: what waits stays', async () => {
  await using app = await testApp({ tunnelTimes: { grace: 20 } })
  const [attic, cellar] = [await fakeAgent(app, { name: 'attic' }), await fakeAgent(app, { name: 'cellar' })]
  for (const agent of [attic, cellar]) {
    await agent.connect()
    await until(async () => {
      agent.heartbeat()
      return (await app.signedIn(getNode, { params: { id: agent.nodeId } })).json().state === 'healthy'
    })
  }
  const made = await app.signedIn(createInstance, {
    body: { workload_id: await addWorkload(app), node_id: attic.nodeId },
  })
  const state = async () => (await app.signedIn(listMigrations)).json().items[0]?.state as string
  await until(async () => {
    const { state } = (await app.signedIn(getInstance, { params: { id: made.json().id } })).json()
    return attic.servers.has(made.json().id) && state !== 'creating' && state !== 'installing'
  })
  const asked = Promise.withResolvers<{ status: number; json: object }>()
  attic.answers.set('POST /instances/:id/export', () => asked.promise)
  attic.answers.set('DELETE /instances/:id/export', () => ({ status: 204 }))
  cellar.answers.set('DELETE /instances/:id/import', () => ({ status: 204 }))
  const params = { id: attic.nodeId }
  const [one, two] = await Promise.all([app.signedIn(drainNode, { params }), app.signedIn(drainNode, { params })])
  // Twice at once: it moves once.
  expect([...one.json().migrations, ...two.json().migrations]).toHaveLength(1)
  expect(await state()).not.toBe('done')
  await app.signedIn(uncordonNode, { params })
  asked.resolve({ status: 503, json: { error: 'Not now.', code: 'busy' } })
  await until(async () => (await state()) === 'cancelled')
  expect((await app.signedIn(getNode, { params })).json()).toMatchObject({ cordoned: false, draining: false })
})

test('a machine that takes no new servers says so, and a second time changes nothing', async () => {
  await using app = await testApp()
  const { nodeId: id } = await fakeAgent(app)
  const params = { id }
  const audited = () => app.control.db.selectFrom('audit_logs').select('action').where('subject_id', '=', id).execute()
  expect((await app.signedIn(cordonNode, { params })).json()).toMatchObject({ cordoned: true, draining: false })
  const lines = (await audited()).length
  expect((await app.signedIn(cordonNode, { params })).json()).toMatchObject({ cordoned: true })
  expect(await audited()).toHaveLength(lines)
  const refused = await app.signedIn(createInstance, { body: { workload_id: await addWorkload(app), node_id: id } })
  expect([refused.status, refused.json().code]).toEqual([409, 'node_cordoned'])
})

test('machines of others, and those that nobody knows, are not found', async () => {
  await using app = await testApp()
  const { nodeId: id } = await fakeAgent(app)
  const { owner } = await app.addOrganization('Others')
  for (const op of [cordonNode, uncordonNode, getDrainPlan, drainNode]) {
    expect((await app.call(op, { params: { id } }, { token: owner.token })).status).toBe(404)
    expect((await app.signedIn(op, { params: { id: newId() } })).status).toBe(404)
  }
  expect((await app.signedIn(getNode, { params: { id } })).json()).toMatchObject({ cordoned: false, draining: false })
})
