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
/** A machine that shows what was pinned. */
async function usable(it: Setting) {
  const { params } = await changed(it)
  it.app.control.database
    .prepare(`update nodes set pinned_host_keys = json_extract(features, '$.ssh.host_keys') where id = ?`)
    .run(params.id)
  return { params }
}
const onMachine: Recipe = async (it) => ({ params: (await changed(it)).params })

/** Logging in to machines. */
export const sshLoginRecipes: Recipes = {
  openSsh: async (it) => ({ ...(await usable(it)), query: { login: 'deploy' } }),
  openSshStream: onMachine,
  getNodeSsh: onMachine,
  acceptHostKeys: async (it) => {
    const { params, fingerprints } = await changed(it)
    return { params, body: { fingerprints } }
  },
}
