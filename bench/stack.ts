import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, startServerProcess } from '#server/testing/process'
import { healthyNode } from '#server/testing/scenario'

/** A control plane with its local agent, signed in, in a folder of its own. */
export async function startStack() {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-bench-'))
  const server = await startServerProcess({ dataDir, localNode: true, env: { SHARDLYN_RATE_LIMIT: '1000000' } })
  const client = createClient(server.url)
  await client.signIn()
  const node = await healthyNode(client)
  const agentPid = (JSON.parse(readFileSync(join(dataDir, 'agent', 'agent.lock'), 'utf8')) as { pid: number }).pid
  return {
    dataDir,
    server,
    client,
    node,
    agentPid,
    async stop() {
      await server.stop()
      try {
        process.kill(agentPid, 'SIGKILL')
      } catch {
        // It is gone already.
      }
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
export type Stack = Awaited<ReturnType<typeof startStack>>
