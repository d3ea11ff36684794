import { expect, test } from 'vitest'
import { listActivity, listTasks } from '#contract/activity'
import { deleteInstance, getInstance, startInstance, updateInstance } from '#contract/instances'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

const remove = (it: Awaited<ReturnType<typeof stage>>, id: string, query: object = { data: 'keep' }) =>
  it.app.signedIn(deleteInstance, { params: { id }, query: { ...query } })
const status = async (it: Awaited<ReturnType<typeof stage>>, id: string) =>
  (await it.app.signedIn(getInstance, { params: { id } })).status

/** A machine that takes its time to delete, until it is let. */
function slowly(it: Awaited<ReturnType<typeof stage>>) {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  it.agent.answers.set('DELETE /instances/:id', async (id) => {
    await released
    it.agent.servers.delete(id)
    return { status: 204 }
  })
  return release
}

test('what becomes of the data must be said', async () => {
  await using it = await stage()
  const id = await it.running()
  expect((await remove(it, id, {})).status).toBe(400)
  expect((await remove(it, id, { data: 'shred' })).status).toBe(400)
})

test.each(['keep', 'delete'])(
  'a server is deleted on its machine (data: %s), then its ports and its name are free',
  async (data) => {
    await using it = await stage()
    const id = await it.running()
    expect((await remove(it, id, { data })).status).toBe(204)
    expect(it.agent.removed).toEqual([{ id, data }])
    expect(await status(it, id)).toBe(404)
    expect((await it.deploy()).instance).toMatchObject({ name: 'game-1', address: '192.0.2.10:25565' })
    const said = (await it.app.signedIn(listActivity, { query: { subject_id: id } }))
      .json()
      .items.map((one: { action: string }) => one.action)
    expect(said.slice(0, 2)).toEqual(['instance.deleted', 'instance.delete_requested'])
  },
)

test('while it is deleted its ports are kept, and it takes nothing else', async () => {
  await using it = await stage()
  const id = await it.running()
  const release = slowly(it)
  const first = remove(it, id)
  await until(async () => (await it.read(id)).state === 'stopping')
  expect((await it.read(id)).state_reason).toBe('It is being deleted.')
  expect((await remove(it, id)).json().code).toBe('instance_deleting')
  expect((await it.app.signedIn(startInstance, { params: { id } })).json().code).toBe('instance_deleting')
  expect((await it.app.signedIn(updateInstance, { params: { id }, body: { name: 'x' } })).json().code).toBe(
    'instance_deleting',
  )
  expect((await it.deploy()).instance.address).not.toBe('192.0.2.10:25565')
  release()
  expect((await first).status).toBe(204)
})

test('twenty deletions at once delete once', async () => {
  await using it = await stage()
  const id = await it.running()
  const answers = await Promise.all(Array.from({ length: 20 }, () => remove(it, id)))
  expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
    204,
    ...Array.from({ length: 19 }, () => 409),
  ])
  expect(it.agent.removed).toHaveLength(1)
})

test('on a machine that is away it is refused, unless by force', async () => {
  await using it = await stage()
  const id = await it.running()
  await it.agent.disconnect()
  const away = await remove(it, id, { data: 'delete' })
  expect([away.status, away.json().code]).toEqual([503, 'node_offline'])
  expect(await status(it, id)).toBe(200)
  expect((await remove(it, id, { data: 'delete', force: true })).status).toBe(204)
  expect(await status(it, id)).toBe(404)
  await it.agent.connect()
  expect([it.agent.servers.has(id), it.agent.removed]).toEqual([true, []])
})

test('a deletion that the machine refuses leaves the server as it was', async () => {
  await using it = await stage()
  const id = await it.running()
  it.agent.answers.set('DELETE /instances/:id', () => ({
    status: 409,
    json: { error: 'Its folder is in use.', code: 'busy' },
  }))
  const refused = await remove(it, id)
  expect([refused.status, refused.json()]).toEqual([409, { error: 'Its folder is in use.', code: 'busy' }])
  expect((await it.read(id)).state).toBe('running')
  expect((await it.app.signedIn(listTasks)).json().items[0]).toMatchObject({
    kind: 'instance.delete',
    state: 'failed',
    error: 'Its folder is in use.',
  })
  it.agent.answers.clear()
  expect((await remove(it, id)).status).toBe(204)
})

test('a deletion that a cut interrupts is finished when the machine is back, with what was chosen first', async () => {
  await using it = await stage()
  const id = await it.running()
  slowly(it)
  const first = remove(it, id, { data: 'delete' })
  await until(() => it.agent.asked.includes('DELETE /instances/:id'))
  await it.agent.disconnect()
  const answer = await first
  expect([answer.status, answer.json().error]).toEqual([
    503,
    expect.stringContaining('goes on when the machine is back'),
  ])
  expect(await status(it, id)).toBe(200)
  it.agent.answers.clear()
  await it.agent.connect()
  await until(async () => (await status(it, id)) === 404)
  expect(it.agent.removed).toEqual([{ id, data: 'delete' }])
})
