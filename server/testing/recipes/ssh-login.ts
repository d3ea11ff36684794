import { readHostKeys } from '#server/ssh/host-keys'
import { publicKeyLine } from '#server/testing/ssh-keys'
import type { Recipe, Recipes, Setting } from './setting.ts'

/** A machine that shows another host key than the pinned one. */
async function changed(it: Setting) {
  const { nodeId: id } = await it.machine()
  const [pinned, shown] = readHostKeys([publicKeyLine(), publicKeyLine()])
  if (!pinned || !shown) throw new Error('Keys were made that cannot be read.')
  const ssh = {
    port: 22,
    host_keys: [shown.line],
    is_managed: false,
    trusts_ca: true,
    krl_version: null,
    problem: null,
  }
  const features = { terminal: false, host_files: null, ssh, service: 'none', is_updatable: false }
  it.app.control.database
    .prepare('update nodes set features = ?, pinned_host_keys = ? where id = ?')
    .run(JSON.stringify(features), JSON.stringify([pinned.line]), id)
  return { params: { id }, fingerprints: [shown.fingerprint] }
}
const onMachine: Recipe = async (it) => ({ params: (await changed(it)).params })

/** Logging in to machines. */
export const sshLoginRecipes: Recipes = {
  openSshStream: onMachine,
  getNodeSsh: onMachine,
  acceptHostKeys: async (it) => {
    const { params, fingerprints } = await changed(it)
    return { params, body: { fingerprints } }
  },
}
