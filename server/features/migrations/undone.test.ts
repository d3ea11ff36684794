import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { AgentError } from '#agent/errors'
import { agentPaths } from '#contract/agent'
import { restartInstance } from '#contract/instances'
import { cancelMigration, migrateInstances } from '#contract/migrations'
import { newId } from '#server/ids'
import { request } from '#agent/features/instances/testing'
import { until } from '#server/testing/until'
import { deployed, expectAsBefore, gate, lie, script, still, twoMachines } from '#server/testing/moving'

test.each([
  ['preparing', 'source', 'POST', agentPaths.exportBegin, 'stop'],
  ['preparing', 'target', 'POST', agentPaths.importBegin, 'stop'],
  ['copying', 'source', 'GET', agentPaths.exportManifest, 'live'],
  ['copying', 'source', 'GET', agentPaths.exportFile, 'live'],
  ['transferring', 'source', 'GET', agentPaths.exportManifest, 'stop'],
  ['transferring', 'source', 'GET', agentPaths.exportFile, 'stop'],
  ['transferring', 'target', 'PUT', agentPaths.importFile, 'stop'],
  ['verifying', 'target', 'POST', agentPaths.importFinish, 'stop'],
] as const)('cancelled while %s, held up by the %s at %s %s', async (state, side, method, path, mode) => {
  const held = gate(method, path)
  await using it = await twoMachines({ [side]: { instead: held.instead } })
  const id = await deployed(it)
  const move = await it.move(id, mode)
  await held.asked
  expect(await it.readMove(move)).toMatchObject({ state, is_cancellable: true })
  expect((await it.app.signedIn(cancelMigration, { params: { id: move } })).status).toBe(202)
  held.open()
  expect(await it.ended(move)).toMatchObject({ state: 'cancelled', reason: 'admin@example.com cancelled it.' })
  await expectAsBefore(it, id)
  const again = await it.app.signedIn(cancelMigration, { params: { id: move } })
  expect([again.status, again.json().code]).toEqual([409, 'not_cancellable'])
  // Nothing is in the way of another try.
  expect(await it.ended(await it.move(id, mode))).toMatchObject({ state: 'done' })
})

test('cancelled while it is being stopped', async () => {
  await using it = await twoMachines()
  const slow = script('trap "sleep 2; exit 0" TERM; while :; do sleep 0.05; done')
  const id = await deployed(it, slow)
  const move = await it.move(id)
  await until(() => it.attic.instances.get(id).holding.token() !== null)
  expect(await it.readMove(move)).toMatchObject({ state: 'stopping' })
  expect((await it.app.signedIn(cancelMigration, { params: { id: move } })).status).toBe(202)
  expect(await it.ended(move)).toMatchObject({ state: 'cancelled' })
  await expectAsBefore(it, id)
})

test('once it belongs to the target it is too late to cancel', async () => {
  const held = gate('GET', agentPaths.instance)
  await using it = await twoMachines({ target: { instead: held.instead } })
  const id = await deployed(it)
  const move = await it.move(id)
  await held.asked
  const refused = await it.app.signedIn(cancelMigration, { params: { id: move } })
  expect([refused.status, refused.json().code]).toEqual([409, 'not_cancellable'])
  held.open()
  expect(await it.ended(move)).toMatchObject({ state: 'done' })
})

test('a target without room refuses before anything is stopped', async () => {
  await using it = await twoMachines({ target: { margin: 2 ** 60 } })
  const id = await deployed(it)
  expect(await it.ended(await it.move(id))).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('GiB are needed'),
  })
  expect(it.attic.instances.get(id).observe().started_at).toBe((await it.read(id)).started_at)
  await expectAsBefore(it, id)
})

test('a disk that fills up in the middle leaves the server as it was', async () => {
  const full = lie('PUT', agentPaths.importFile, () => {
    throw new AgentError(507, 'disk_full', 'The disk of this machine is full.')
  })
  await using it = await twoMachines({ target: { instead: full } })
  const id = await deployed(it)
  expect(await it.ended(await it.move(id))).toMatchObject({
    state: 'failed',
    reason: 'The disk of this machine is full.',
  })
  await expectAsBefore(it, id)
})

test('a server that cannot be started there goes back, with what it was', async () => {
  const there =
    'case "$PWD" in *FORBIDDEN*) exit 3;; esac; echo ready; trap "exit 0" TERM; while :; do sleep 0.05; done'
  await using it = await twoMachines()
  const id = await deployed(it, {
    ...script(there.replace('FORBIDDEN', it.cellar.dataDir.split('/').at(-1) ?? '')),
    ready: { log: 'ready' },
  })
  const ended = await it.ended(await it.move(id))
  expect(ended).toMatchObject({ state: 'failed', reason: expect.stringContaining('so it is back on attic') })
  expect(ended.reason).toContain('exit code 3')
  await expectAsBefore(it, id)
})

test('a port that is taken on the target is another there', async () => {
  await using it = await twoMachines()
  const spec = { ...still, ports: [{ name: 'game', containerPort: 27_015, primary: true }] }
  const id = await deployed(it, spec)
  const before = (await it.read(id)).ports[0]?.host_port ?? 0
  const squatter = createServer().listen(before, '0.0.0.0')
  await once(squatter, 'listening')
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'done' })
  squatter.close()
  const after = (await it.read(id)).ports[0]?.host_port ?? 0
  expect(after).not.toBe(before)
  expect(it.cellar.instances.get(id).spec().ports[0]?.host_port).toBe(after)
})

test('a machine that is away in the middle is waited for', async () => {
  const held = gate('GET', agentPaths.exportFile)
  await using it = await twoMachines({ source: { instead: held.instead } })
  const id = await deployed(it)
  const move = await it.move(id)
  await held.asked
  it.app.proxy.refuse()
  held.open()
  await until(async () => (await it.readMove(move)).is_waiting)
  expect(await it.readMove(move)).toMatchObject({ state: 'transferring', is_waiting: true, is_cancellable: true })
  it.app.proxy.restore()
  expect(await it.ended(move)).toMatchObject({ state: 'done', is_waiting: false, reason: null })
})

test('a source that is away at the end is told when it is back, and never starts its copy', async () => {
  let isAway = true
  const away = lie('DELETE', agentPaths.instance, (request, honest) => {
    if (isAway) throw new AgentError(503, 'engine_unavailable', 'Not now.')
    return honest(request)
  })
  await using it = await twoMachines({ source: { instead: away, reconcileMs: 50 } })
  const id = await deployed(it)
  expect(await it.ended(await it.move(id))).toMatchObject({
    state: 'done',
    reason: expect.stringContaining('is removed when that machine is back'),
  })
  // Whatever pokes it: it is held.
  it.attic.instances.get(id).poke()
  await expect(it.attic.instances.act(id, request('start'))).rejects.toMatchObject({ code: 'instance_migrating' })
  await it.attic.instances.sync([{ ...it.attic.instances.get(id).spec(), generation: 99 }])
  expect(it.attic.instances.get(id).observe().state).toBe('stopped')
  // People use it meanwhile where it is now, but do not move it again before that is done.
  expect((await it.app.signedIn(restartInstance, { params: { id } })).status).toBe(202)

  isAway = false
  it.app.proxy.reset()
  await until(() => it.attic.instances.find(id) === undefined)
  const stale = { ...it.cellar.instances.get(id).spec(), generation: 1 }
  await expect(it.attic.instances.put(stale)).rejects.toMatchObject({ code: 'moved_away' })
  await it.attic.instances.sync([stale])
  expect(it.attic.instances.find(id)).toBeUndefined()
})

test('what asks for too much or nothing is refused', async () => {
  await using it = await twoMachines()
  const id = await deployed(it)
  const ask = async (body: object, node = it.attic.nodeId()) => {
    const answer = await it.app.signedIn(migrateInstances, { params: { id: node }, body })
    return [answer.status, answer.json().code]
  }
  const target_node_id = it.cellar.nodeId()
  expect(await ask({ target_node_id: it.attic.nodeId(), instance_ids: [id] })).toEqual([409, 'same_node'])
  expect(await ask({ target_node_id, instance_ids: [newId()] })).toEqual([404, 'instance_not_found'])
  expect(await ask({ target_node_id: newId(), instance_ids: [id] })).toEqual([404, 'node_not_found'])
  expect(await ask({ target_node_id: it.attic.nodeId() }, target_node_id)).toEqual([409, 'nothing_to_move'])
  expect(await ask({ target_node_id: it.attic.nodeId(), instance_ids: [id] }, target_node_id)).toEqual([
    409,
    'same_node',
  ])
  await it.cellar.stop()
  await until(() => !it.app.agents.isConnected(target_node_id))
  expect(await ask({ target_node_id, instance_ids: [id] })).toEqual([503, 'node_offline'])
  await expectAsBefore(it, id)
})
