import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { agentFiles } from '#contract/agent'
import { getInstanceStats, stopInstance } from '#contract/instances'
import { createClient, startServerProcess } from '#server/testing/process'
import { deployScript, healthyNode, untilState } from '#server/testing/scenario'
import { ensureBuilt, root } from './out.ts'

// Other tests run from source. This one runs what people run: the built server, agent and supervisor, dependencies and all.
test('the built programs set up, sign in, become a node, and run a server', async () => {
  await ensureBuilt()
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-bundle-'))
  const server = await startServerProcess({ dataDir, localNode: true, entry: join(root, 'out', 'main', 'server.js') })
  const client = createClient(server.url)
  await client.signIn()
  // Signing in again checks the password against its hash.
  await client.signIn()
  await healthyNode(client)
  const lock = JSON.parse(readFileSync(join(dataDir, 'agent', agentFiles.lock), 'utf8')) as { pid: number }
  onTestFinished(async () => {
    await server.stop()
    process.kill(lock.pid, 'SIGKILL')
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  })

  const { instance } = await deployScript(client, 'built', "setInterval(() => console.log('tick'), 50)")
  const running = await untilState(client, instance.id, 'running')
  const stats = await client.call(getInstanceStats, { params: { id: instance.id } })
  await client.call(stopInstance, { params: { id: instance.id } })
  const stopped = await untilState(client, instance.id, 'stopped')

  expect([running.pid, stats.state, stopped.exit]).toEqual([
    expect.any(Number),
    'running',
    expect.objectContaining({ oom: false }),
  ])
})
