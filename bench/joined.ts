import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegisterToken } from '#contract/nodes'
import { findPlaces } from '#server/places'
import { createClient, serverEntry, startServerProcess } from '#server/testing/process'
import { healthyNode } from '#server/testing/scenario'

/** A control plane and a machine that joined it, each in its own process. The machine allows terminals, and files in one folder. */
export async function joinedMachine() {
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'shardlyn-joined-')))
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shardlyn-files-')))
  const server = await startServerProcess({ dataDir })
  const stops = [() => server.stop()]
  const stop = async () => {
    for (const each of stops.toReversed()) await each()
    for (const each of [dataDir, folder]) rmSync(each, { recursive: true, force: true })
  }
  try {
    const client = createClient(server.url)
    await client.signIn()
    const { token } = await client.call(createRegisterToken, { body: null })
    const remote = join(dataDir, 'remote')
    mkdirSync(remote)
    writeFileSync(join(remote, 'register-token'), token, { mode: 0o600 })
    const settings = { terminal: true, host_files: { paths: [folder], writable: true } }
    writeFileSync(join(remote, 'agent.json'), JSON.stringify(settings))
    const [program = process.execPath, ...args] = findPlaces(new URL(`file://${serverEntry()}`).href).agentCommand
    const agent = spawn(program, [...args, '--server', server.url, '--data-dir', remote], { stdio: 'ignore' })
    stops.push(async () => {
      if (agent.exitCode !== null) return
      const exited = once(agent, 'exit')
      agent.kill('SIGKILL')
      await exited
    })
    const { id: nodeId } = await healthyNode(client)
    return { client, nodeId, folder, pids: { server: server.child.pid ?? 0, agent: agent.pid ?? 0 }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
