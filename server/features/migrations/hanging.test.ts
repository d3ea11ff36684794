import fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AgentError } from '#agent/errors'
import type { AgentRoute } from '#agent/http'
import { agentPaths } from '#contract/agent'
import { cancelMigration } from '#contract/migrations'
import { deployed, expectAsBefore, gate, lie, times, twoMachines } from '#server/testing/moving'
import { until } from '#server/testing/until'

const impatient = { ...times, patience: 200 }

test.each([
  ['preparing', 'source', 'POST', agentPaths.exportBegin],
  ['preparing', 'target', 'POST', agentPaths.importBegin],
  ['stopping', 'source', 'POST', agentPaths.exportBegin],
  ['transferring', 'source', 'GET', agentPaths.exportManifest],
  ['transferring', 'target', 'GET', agentPaths.importBegin],
  ['transferring', 'source', 'GET', agentPaths.exportFiles],
  ['transferring', 'target', 'PUT', agentPaths.importFiles],
  ['verifying', 'target', 'POST', agentPaths.importFinish],
] as const)('cancelled while %s, though the %s never answers %s %s', async (state, side, method, path) => {
  // The source is looked at first, then held.
  let asked = 0
  const held = gate(method, path, () => ++asked > (state === 'stopping' ? 1 : 0))
  await using it = await twoMachines({ [side]: { instead: held.instead } })
  const id = await deployed(it)
  fs.writeFileSync(join(it.attic.dataOf(id), 'other'), 'other')
  const move = await it.move(id)
  await held.asked
  expect(await it.readMove(move)).toMatchObject({ state, is_cancellable: true })
  expect((await it.app.signedIn(cancelMigration, { params: { id: move } })).status).toBe(202)
  // Nothing is opened: whoever hangs is left.
  expect(await it.ended(move)).toMatchObject({ state: 'cancelled', reason: 'admin@example.com cancelled it.' })
  await expectAsBefore(it, id)
  // What comes too late changes nothing any more.
  held.open()
  const again = await it.move(id)
  expect(await it.ended(again)).toMatchObject({ state: 'done' })
  await until(async () => (await it.read(id)).state === 'running')
  await until(() => it.attic.instances.find(id) === undefined)
})

test('a target that never answers that it forgot does not keep the source from going on', async () => {
  const held = gate('PUT', agentPaths.importFiles)
  const deaf = gate('DELETE', agentPaths.importBegin)
  await using it = await twoMachines({
    target: { instead: (routes: AgentRoute[]) => deaf.instead(held.instead(routes)) },
  })
  const id = await deployed(it)
  fs.writeFileSync(join(it.attic.dataOf(id), 'other'), 'other')
  const move = await it.move(id)
  await held.asked
  expect((await it.app.signedIn(cancelMigration, { params: { id: move } })).status).toBe(202)
  await deaf.asked
  await until(async () => (await it.read(id)).state === 'running')
  expect(it.attic.instances.get(id).holding.token()).toBeNull()
  held.open()
  deaf.open()
  await expectAsBefore(it, id)
})

test('a source that does not let go at first is told again, though nobody asks for it', async () => {
  const held = gate('GET', agentPaths.exportManifest)
  let refused = 0
  const busy = lie('DELETE', agentPaths.exportBegin, (request, honest) => {
    if (refused++ < 3) throw new AgentError(503, 'engine_unavailable', 'Not now.')
    return honest(request)
  })
  await using it = await twoMachines({ source: { instead: (routes: AgentRoute[]) => busy(held.instead(routes)) } })
  const id = await deployed(it)
  const move = await it.move(id)
  await held.asked
  expect((await it.app.signedIn(cancelMigration, { params: { id: move } })).status).toBe(202)
  await expectAsBefore(it, id)
  expect(refused).toBeGreaterThan(3)
})

test.each([
  ['source', 'POST', agentPaths.exportBegin],
  ['source', 'GET', agentPaths.exportManifest],
  ['target', 'POST', agentPaths.importBegin],
  ['target', 'PUT', agentPaths.importFile],
  ['target', 'POST', agentPaths.importFinish],
] as const)('a %s that is there and refuses %s %s for ever is not asked for ever', async (side, method, path) => {
  const never = lie(method, path, (request) => {
    request.body.resume()
    throw new AgentError(503, 'engine_unavailable', 'The engine is resting.')
  })
  await using it = await twoMachines({ [side]: { instead: never }, app: { migrationTimes: impatient } })
  const id = await deployed(it)
  expect(await it.ended(await it.move(id))).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(/^For \d+ minutes a machine .* did not do its part: The engine is resting\.$/),
  })
  await expectAsBefore(it, id)
})

test('a target that never says whether it runs there gives it back, and only then the source goes on', async () => {
  let isDeaf = true
  const never = lie('GET', agentPaths.instance, () => {
    throw new AgentError(503, 'engine_unavailable', 'The engine is resting.')
  })
  const holds = gate('POST', agentPaths.exportBegin, () => isDeaf)
  await using it = await twoMachines({
    target: { instead: (routes: AgentRoute[]) => holds.instead(never(routes)) },
    app: { migrationTimes: impatient },
  })
  const id = await deployed(it)
  const move = await it.move(id)
  await holds.asked
  // It may run there; as long as nobody knows that it does not, it is still here.
  expect(it.attic.instances.get(id).observe().state).toBe('stopped')
  expect(it.attic.instances.get(id).holding.token()).not.toBeNull()
  isDeaf = false
  holds.open()
  expect(await it.ended(move)).toMatchObject({ state: 'failed', reason: expect.stringContaining('is back on attic') })
  await expectAsBefore(it, id)
})
