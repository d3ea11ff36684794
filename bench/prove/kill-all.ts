import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getInstance, killInstance } from '#contract/instances'
import { createClient, startServerProcess, type Client, type ServerProcess } from '#server/testing/process'
import { deployScript, eventually, healthyNode, untilState } from '#server/testing/scenario'
import { openViewer } from '#server/testing/viewer'

/** Prints a line with its own pid and a number, again and again; the numbers show loss and doubling, the pid a second start. */
const counter = `/* ${randomUUID()} */ let n = 0; setInterval(() => console.log('line ' + process.pid + ' ' + n++), 5)`

/** The agent of a data folder, as it recorded itself. */
function agentPid(dataDir: string): number {
  const lock = JSON.parse(readFileSync(join(dataDir, 'agent', 'agent.lock'), 'utf8')) as { pid: number }
  return lock.pid
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Processes whose command line is this run's counter: how often the server runs. */
const running = () =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(counter)
    } catch {
      return false
    }
  })

/** Ends the control plane, the agent, and both, in turn, while a server prints numbered lines that a viewer reads on. */
export async function proveKillAll(rounds: number, say: (line: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  let server: ServerProcess = await startServerProcess({ dataDir, localNode: true })
  let client: Client = createClient(server.url)
  const port = Number(new URL(server.url).port)
  let most = 0
  try {
    await client.signIn()
    const { instance } = await deployScript(client, 'counter', counter)
    await untilState(client, instance.id, 'running')
    const viewer = openViewer({ client: () => client, instanceId: instance.id, from: 0 })
    await viewer.until(() => viewer.text().includes(' 20\r\n'))
    for (const what of ['control plane', 'agent', 'both'] as const) {
      for (let round = 0; round < rounds; round++) {
        const seen = viewer.offset() ?? 0
        if (what !== 'control plane') kill(agentPid(dataDir))
        if (what !== 'agent') {
          await server.kill()
          server = await startServerProcess({ dataDir, port, localNode: true })
          client = createClient(server.url)
          await client.signIn()
        }
        await healthyNode(client)
        await viewer.until(() => (viewer.offset() ?? 0) > seen + 2000, 30_000, `output after killing ${what}`)
        await eventually(
          () => client.call(getInstance, { params: { id: instance.id } }),
          ({ state }) => state === 'running',
          'running',
        )
        most = Math.max(most, running().length)
      }
      say(`${what}: ${rounds} kills`)
    }
    const stoppedAt = viewer.offset() ?? 0
    await viewer.until(() => (viewer.offset() ?? 0) > stoppedAt)
    await client.call(killInstance, { params: { id: instance.id } })
    await untilState(client, instance.id, 'stopped')
    const lines = [...viewer.text().matchAll(/line (\d+) (\d+)\r\n/g)]
    const pids = new Set(lines.map(([, pid]) => pid))
    const wrong = lines.filter(([, , n], i) => Number(n) !== i).length
    viewer.close()
    return {
      kills: rounds * 3,
      lines: lines.length,
      wrong,
      starts: pids.size,
      mostAtOnce: most,
      gaps: viewer.gaps.length,
    }
  } finally {
    await server.stop()
    kill(agentPid(dataDir))
    for (const pid of running()) kill(Number(pid))
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const figure = await proveKillAll(Number(process.argv[2] ?? 20), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.wrong > 0 || figure.starts !== 1 || figure.mostAtOnce !== 1 || figure.gaps > 0) process.exitCode = 1
}
