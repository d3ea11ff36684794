import { cordonNode, migrateInstances } from '#contract/migrations'
import { fakeAgent } from '#server/testing/fake-agent'
import { madeId, nothing, type Recipes, type Setting } from './setting.ts'

let made = 0

/** A server, and a second machine that it may go to. Its own machine never answers what a move asks first. */
async function movable(it: Setting) {
  const instance_id = await it.server()
  const source = await it.machine()
  source.answers.set('POST /instances/:id/export', () => new Promise(() => {}))
  const target = await fakeAgent(it.app, { name: `cellar ${++made}` })
  return {
    params: { id: source.nodeId },
    body: { target_node_id: target.nodeId, instance_ids: [instance_id] },
  }
}

async function moving(it: Setting) {
  const answer = (await it.app.signedIn(migrateInstances, await movable(it))).json()
  return { params: { id: madeId({ json: () => answer.migrations?.[0] ?? {} }) } }
}

/** Servers that move. */
export const migrationRecipes: Recipes = {
  listMigrations: nothing,
  getMigration: moving,
  cancelMigration: moving,
  migrateInstances: movable,
  cordonNode: async (it) => ({ params: { id: (await it.machine()).nodeId } }),
  uncordonNode: async (it) => {
    const params = { id: (await it.machine()).nodeId }
    await it.app.signedIn(cordonNode, { params })
    return { params }
  },
  getDrainPlan: async (it) => ({ params: (await movable(it)).params }),
  drainNode: async (it) => ({ params: (await movable(it)).params }),
}
