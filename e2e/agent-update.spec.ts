import type { FleetNode } from '#contract/nodes'
import { healthyNode } from '#server/testing/scenario'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { signIn } from './people.ts'
import { expect, test } from './stack.ts'

const states: Record<string, Partial<FleetNode>> = {
  available: { update_available: '9.9.9' },
  under_way: { update_available: '9.9.9' },
  failed: { update_available: '9.9.9' },
}

test('a newer agent is offered, its way is shown, and a failure is told in words', async ({ page, stack }) => {
  test.setTimeout(180_000)
  await stack.signIn()
  const node = await healthyNode(stack.client)
  const errors = collectErrors(page)
  await signIn(page, stack.server.url)
  let shown = 'available'
  const at = new Date().toISOString()
  // This machine's own agent is never behind, so what the server says of it is changed on its way.
  await page.route(`**/v1/nodes/${node.id}`, async (route) => {
    const answer = await route.fetch()
    const real = (await answer.json()) as FleetNode
    const update =
      shown === 'available'
        ? null
        : shown === 'failed'
          ? { version: '9.9.9', at, state: 'failed', reason: 'It ended soon after its start, three times.' }
          : { version: '9.9.9', at, state: 'downloading', reason: null }
    await route.fulfill({
      response: answer,
      json: { ...real, ...states[shown], features: { ...real.features, update } },
    })
  })
  for (shown of Object.keys(states)) {
    for (const form of forms) {
      await takeForm(page, form)
      await page.goto(`${stack.server.url}/machines/${node.id}`)
      await expect(page.getByRole('heading', { name: 'Agent', exact: true })).toBeVisible()
      await lookAt(page, `agent-update-${shown}`, form)
    }
  }
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  expect(errors).toEqual([])
})
