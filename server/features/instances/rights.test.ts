import { expect, test } from 'vitest'
import { getInstance, listInstances } from '#contract/instances'
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
