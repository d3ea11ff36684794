import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agentFiles } from '#contract/agent'
import { createApiToken } from '#contract/api-tokens'
import { createInstance, killInstance } from '#contract/instances'
import { createWorkload } from '#contract/workloads'
import { updateMailSettings } from '#contract/mail'
import { createClient, startServerProcess, testPerson } from './testing/process.ts'
import { healthyNode, untilState } from './testing/scenario.ts'

const textOf = (path: string) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has just ended, or is not ours to read.
    return ''
  }
}
/** What every user of the machine can read: the arguments of all programs. */
const allArguments = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => textOf(`/proc/${pid}/cmdline`))

test.skipIf(process.platform !== 'linux')(
  'no secret stands in the arguments of a program, while a server with secrets starts and runs',
  { timeout: 90_000 },
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-arguments-'))
    const seen = new Set<string>()
    const watch = setInterval(() => allArguments().forEach((line) => seen.add(line)), 10)
    const server = await startServerProcess({ dataDir, localNode: true })
    let agent: number | undefined
    let endGame = async () => {}
    try {
      const client = createClient(server.url)
      const { access_token, refresh_token } = await client.signIn()
      const node = await healthyNode(client)
      agent = (JSON.parse(readFileSync(join(dataDir, 'agent', 'agent.lock'), 'utf8')) as { pid: number }).pid
      const { token } = await client.call(createApiToken, { body: { name: 'program' } })
      await client.call(updateMailSettings, { body: { host: 'mail.example.com', password: 'a-mail-password' } })
      const document = {
        apiVersion: 'shardlyn/v1',
        kind: 'Workload',
        metadata: { name: 'secretive' },
        spec: {
          runtime: 'process',
          command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
          variables: [{ name: 'Password', env: 'PASSWORD', default: '', secret: true }],
        },
      }
      const workload = await client.call(createWorkload, { body: { document } })
      const instance = await client.call(createInstance, {
        body: {
          workload_id: workload.id,
          node_id: node.id,
          name: 'secretive',
          variables: { PASSWORD: 'a-game-password' },
        },
      })
      endGame = async () => {
        await client.call(killInstance, { params: { id: instance.id } })
        await untilState(client, instance.id, 'stopped')
      }
      await untilState(client, instance.id, 'running')

      const { agent_token } = JSON.parse(textOf(join(dataDir, 'agent', agentFiles.identity))) as { agent_token: string }
      const masterKey = textOf(join(dataDir, 'master.key')).trim()
      const secrets = [
        access_token,
        refresh_token,
        token,
        'a-mail-password',
        'a-game-password',
        testPerson.password,
        masterKey,
        agent_token,
      ]
      allArguments().forEach((line) => seen.add(line))
      expect([...seen].some((line) => line.includes(dataDir))).toBe(true)
      expect(secrets.filter((secret) => [...seen].some((line) => line.includes(secret)))).toEqual([])
      expect(masterKey).not.toBe('')
    } finally {
      clearInterval(watch)
      await endGame()
      await server.stop()
      if (agent !== undefined) process.kill(agent, 'SIGKILL')
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
)
