import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { killInstance } from '#contract/instances'
import { createRegisterToken } from '#contract/nodes'
import { listTunnelAgents } from '#contract/tunnel'
import { findPlaces } from '#server/places'
import { openFaultProxy } from '#server/testing/fault-proxy'
import { createClient, serverEntry, startServerProcess } from '#server/testing/process'
import { deployScript, eventually, untilState } from '#server/testing/scenario'
import { openViewer } from '#server/testing/viewer'

const counter = `let n = 0; setInterval(() => { let s = ''; for (let i = 0; i < 20; i++) s += 'line ' + n++ + '\\n'; process.stdout.write(s) }, 10)`
const faults = ['reset', 'drop', 'stall', 'refuse', 'mid-frame'] as const

/** Cuts the tunnel of a remote agent in five ways while a viewer reads numbered lines; measures how soon the agent is back. */
export async function proveTunnelCuts(cuts: number, say: (line: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const proxy = await openFaultProxy(port)
  const server = await startServerProcess({
    dataDir,
    port,
    env: { SHARDLYN_PUBLIC_URL: `http://127.0.0.1:${proxy.port}` },
  })
  const client = createClient(`http://127.0.0.1:${port}`)
  let agent: ChildProcess | undefined
  try {
    await client.signIn()
    const { token } = await client.call(createRegisterToken, { body: null })
    const tokenFile = join(dataDir, 'register-token')
    writeFileSync(tokenFile, token, { mode: 0o600 })
    const [program = process.execPath, ...args] = findPlaces(new URL(`file://${serverEntry()}`).href).agentCommand
    agent = spawn(
      program,
      [
        ...args,
        '--server',
        `http://127.0.0.1:${proxy.port}`,
        '--data-dir',
        join(dataDir, 'remote'),
        '--token-file',
        tokenFile,
      ],
      { stdio: 'ignore' },
    )
    const { instance } = await deployScript(client, 'counter', counter)
    await untilState(client, instance.id, 'running')
    const viewer = openViewer({ client: () => client, instanceId: instance.id, from: 0 })
    const epoch = async () => (await client.call(listTunnelAgents, { query: {} })).items[0]?.epoch ?? 0
    const back: number[] = []
    for (let cut = 0; cut < cuts; cut++) {
      const fault = faults[cut % faults.length] ?? 'reset'
      const before = await epoch()
      if (fault === 'mid-frame') proxy.resetAfter(1 + Math.floor(Math.random() * 20_000))
      else proxy[fault]()
      await wait(fault === 'reset' || fault === 'mid-frame' ? 0 : 200 + Math.random() * 800)
      proxy.restore()
      const begun = performance.now()
      const seen = viewer.offset() ?? 0
      // A stall that ends leaves the old session in place, which is as good as a new one.
      await eventually(
        epoch,
        (now) => now > before || fault === 'stall' || fault === 'mid-frame',
        `the agent after ${fault}`,
        60_000,
      )
      await viewer.until(() => (viewer.offset() ?? 0) > seen + 1000, 60_000, `output after ${fault}`)
      back.push(performance.now() - begun)
      if ((cut + 1) % 20 === 0) say(`${cut + 1} cuts, slowest return ${Math.round(Math.max(...back))} ms`)
    }
    await client.call(killInstance, { params: { id: instance.id } })
    await untilState(client, instance.id, 'stopped')
    const numbers = [...viewer.text().matchAll(/line (\d+)\r\n/g)].map(([, n]) => Number(n))
    viewer.close()
    const sorted = back.toSorted((a, b) => a - b)
    return {
      cuts,
      lines: numbers.length,
      wrong: numbers.filter((n, i) => n !== i).length,
      gaps: viewer.gaps.length,
      backMsMedian: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
      backMsMost: Math.round(sorted.at(-1) ?? 0),
    }
  } finally {
    if (agent?.exitCode === null) {
      const exited = once(agent, 'exit')
      agent.kill('SIGKILL')
      await exited
    }
    await server.stop()
    await proxy.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const figure = await proveTunnelCuts(Number(process.argv[2] ?? 200), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.wrong + figure.gaps > 0 || figure.backMsMost > 5000) process.exitCode = 1
}
