import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentPaths } from '#contract/agent'
import { getNode } from '#contract/nodes'
import { fakeAgent } from '#server/testing/fake-agent'
import { until } from '#server/testing/until'
import { version } from '#server/version'
import type { Recipes } from './setting.ts'

/** Machines that take new versions of their agent. */
export const installRecipes: Recipes = {
  updateAgent: async (it) => {
    writeFileSync(join(it.releases, `shardlyn-agent-${version}-linux-x64.tar.gz`), 'a bundle')
    const features = {
      terminal: false,
      host_files: null,
      ssh: null,
      service: 'systemd',
      is_updatable: true,
    } as const
    const agent = await fakeAgent(it.app, { name: 'older', version: '0.0.1', features })
    agent.answers.set(`POST ${agentPaths.update}`, () => ({
      status: 202,
      json: { version, at: new Date().toISOString(), state: 'downloading', reason: null },
    }))
    const input = { params: { id: agent.nodeId } }
    await until(async () => (await it.app.signedIn(getNode, input)).json().update_available === version)
    return input
  },
}
