import { readFileSync, rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { deleteInstance, listInstances } from '#contract/instances'
import { createClient, type Client, type ServerProcess, startServerProcess, testPerson } from '#server/testing/process'
import { eventually } from '#server/testing/scenario'

export type Stack = {
  server: ServerProcess
  client: Client
  dataDir: string
  /** Sets the server up without the dashboard. */ signIn: () => Promise<void>
  /** Kills the agent of this machine; it is started again. */
  endAgent: () => void
}

function endAgent(dataDir: string) {
  try {
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'agent', 'agent.lock'), 'utf8')) as { pid: number }
    process.kill(pid, 'SIGKILL')
  } catch {
    // It never started, or is gone.
  }
}

/** A control plane with its local agent and the built dashboard, in a folder of its own; nothing of it is left behind. */
export const test = base.extend<{ stack: Stack }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures that are asked for from this pattern.
  stack: async ({}, use) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-e2e-'))
    const server = await startServerProcess({ dataDir, localNode: true })
    const client = createClient(server.url)
    try {
      await use({
        server,
        client,
        dataDir,
        signIn: async () => void (await client.signIn()),
        endAgent: () => endAgent(dataDir),
      })
      await client.signIn()
      const remaining = async () => (await client.call(listInstances, { query: {} })).items
      for (const { id } of await remaining()) {
        await client.call(deleteInstance, { params: { id }, query: { data: 'delete' } })
      }
      await eventually(remaining, (items) => items.length === 0, 'every server to be gone')
    } finally {
      await server.stop()
      endAgent(dataDir)
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
})
export { expect } from '@playwright/test'
export { testPerson }
