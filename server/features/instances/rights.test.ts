import { expect, test } from 'vitest'
import { createInstance, getInstance, listInstances, updateInstance } from '#contract/instances'
import { instancePermissions } from '#contract/permissions'
import { stage } from '#server/testing/stage'

test('secrets are dots to those who may not change the server, and what is internal is not shown', async () => {
  await using it = await stage()
  const id = await it.running({ variables: { PASSWORD: 'hunter2' } })
  const { token } = await it.app.addPerson({
    email: 'viewer@example.com',
    role: 'user',
    shares: { [id]: ['instances.view'] },
  })
  const seen = await it.app.call(getInstance, { params: { id } }, { token })
  const listed = await it.app.call(listInstances, {}, { token })
  for (const { variables } of [seen.json(), listed.json().items[0]]) {
    expect(variables).toEqual({ MAP: 'desert', SLOTS: '10', PASSWORD: '••••••', BUILD: '7' })
  }
  expect(seen.text + listed.text).not.toContain('hunter2')
})

test('a server says what its reader may do with it, and it is what they are then allowed', async () => {
  await using it = await stage()
  const { app, workload_id } = it
  const id = await it.running()
  expect((await it.read(id)).rights).toEqual([...instancePermissions])

  const { token } = await app.addPerson({
    email: 'friend@example.com',
    role: 'user',
    shares: { [id]: ['instances.view', 'instances.console'] },
  })
  const own = await app.call(
    createInstance,
    { body: { workload_id, node_id: it.agent.nodeId, name: 'own' } },
    { token },
  )
  expect(own.json().rights).toEqual(instancePermissions.filter((key) => key !== 'instances.logs.clear'))

  const { items } = (await app.call(listInstances, {}, { token })).json()
  expect(Object.fromEntries(items.map((item: { id: string; rights: string[] }) => [item.id, item.rights]))).toEqual({
    [own.json().id]: own.json().rights,
    [id]: ['instances.view', 'instances.console'],
  })
  const statuses: number[] = []
  for (const of of [id, own.json().id as string]) {
    statuses.push((await app.call(updateInstance, { params: { id: of }, body: { name: 'renamed' } }, { token })).status)
  }
  expect(statuses).toEqual([403, 200])
})
