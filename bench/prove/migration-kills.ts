import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createInstance, getInstance } from '#contract/instances'
import { getMigration, type Migration, migrateInstances, migrationStates } from '#contract/migrations'
import { createRegisterToken, listNodes } from '#contract/nodes'
import { createWorkload } from '#contract/workloads'
import { findPlaces } from '#server/places'
import { openFaultProxy } from '#server/testing/fault-proxy'
import { type Client, createClient, serverEntry, startServerProcess } from '#server/testing/process'
import { eventually, untilState } from '#server/testing/scenario'
import { movingWorld } from './moving-world.ts'

const faults = ['source', 'target', 'control plane', 'network', 'both agents'] as const
const LONGEST_MS = 180_000

/** An agent in a process of its own, which is started again after each kill. */
function agentProcess(dataDir: string, server: string, name: string) {
  mkdirSync(dataDir, { recursive: true })
  const [program = process.execPath, ...args] = findPlaces(new URL(`file://${serverEntry()}`).href).agentCommand
  let child: ChildProcess | undefined
  const agent = {
    dataDir,
    name,
    copy: (id: string) => join(dataDir, 'instances', id),
    join: (token: string) => writeFileSync(join(dataDir, 'register-token'), token, { mode: 0o600 }),
    start() {
      child = spawn(program, [...args, '--server', server, '--data-dir', dataDir], { stdio: 'ignore' })
    },
    async kill() {
      const gone = child && once(child, 'exit')
      child?.kill('SIGKILL')
      await gone
      child = undefined
    },
  }
  return agent
}

/** Moves a server back and forth between two machines, each time ending an agent, the control plane or the network at some moment of it. */
export async function proveMigrationKills(rounds: number, say: (line: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const proxy = await openFaultProxy(port)
  const url = `http://127.0.0.1:${proxy.port}`
  const options = { dataDir: join(dataDir, 'control'), port, env: { SHARDLYN_PUBLIC_URL: url } }
  const world = movingWorld(dataDir, port + 1)
  let server = await startServerProcess(options)
  let client: Client = createClient(`http://127.0.0.1:${port}`)
  const agents = ['attic', 'cellar'].map((name) => agentProcess(join(dataDir, name), url, name))
  const watching = new AbortController()
  let most = 0
  const watcher = (async () => {
    for (; !watching.signal.aborted; await wait(20)) most = Math.max(most, world.running().length)
  })()

  /** Whatever is down is up again in a moment, and asked once more. */
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    return eventually(
      () => question().then((answer) => ({ answer })),
      () => true,
      'the control plane',
      LONGEST_MS,
    ).then(({ answer }) => answer)
  }
  const nodeIds = async () => {
    const { items } = await eventually(
      () => client.call(listNodes, { query: {} }),
      ({ items }) => items.length === 2 && items.every(({ state }) => state === 'healthy'),
      'both machines',
      LONGEST_MS,
    )
    return agents.map(({ name }) => items.find((node) => node.name === name)?.id ?? '')
  }

  async function strike(
    what: (typeof faults)[number],
    source: (typeof agents)[number],
    target: (typeof agents)[number],
  ) {
    const struck = what === 'source' ? [source] : what === 'target' ? [target] : what === 'both agents' ? agents : []
    for (const agent of struck) await agent.kill()
    if (what === 'control plane') await server.kill()
    if (what === 'network') proxy[Math.random() < 0.5 ? 'refuse' : 'drop']()
    await wait(Math.random() * 700)
    for (const agent of struck) agent.start()
    if (what === 'network') proxy.restore()
    if (what !== 'control plane') return
    server = await startServerProcess(options)
    client = createClient(`http://127.0.0.1:${port}`)
    await client.signIn()
  }

  try {
    await client.signIn()
    for (const agent of agents) {
      const { token } = await client.call(createRegisterToken, { body: { name: agent.name } })
      agent.join(token)
      agent.start()
    }
    const ids = await nodeIds()
    const workload = await client.call(createWorkload, {
      body: {
        document: {
          apiVersion: 'shardlyn/v1',
          kind: 'Workload',
          metadata: { name: 'counter' },
          spec: { runtime: 'process', command: [process.execPath, '-e', world.script], ready: { log: 'ready' } },
        },
      },
    })
    const { id } = await client.call(createInstance, {
      body: { workload_id: workload.id, node_id: ids[0] ?? '', name: 'counter' },
    })
    await untilState(client, id, 'running')
    const files = world.fill(join(agents[0]?.copy(id) ?? '', 'data'), 150, 12_000_000)

    let [lost, stray, struckIn, moved, undone] = [0, 0, new Map<string, number>(), 0, 0]
    let typical = 3000
    for (let round = 0; round < rounds; round++) {
      await nodeIds()
      const { node_id } = await client.call(getInstance, { params: { id } })
      const from = ids.indexOf(node_id)
      const [source, target] = from === 0 ? agents : agents.toReversed()
      if (!source || !target) throw new Error('The server is on no machine of ours.')
      const what = faults[round % faults.length] ?? 'source'
      const begun = performance.now()
      const { migrations } = await eventually(
        () =>
          client.call(migrateInstances, {
            params: { id: node_id },
            body: {
              target_node_id: ids[1 - from] ?? '',
              instance_ids: [id],
              mode: Math.random() < 0.5 ? 'stop' : 'live',
            },
          }),
        () => true,
        'a move to begin',
        LONGEST_MS,
      )
      const move = migrations[0]?.id ?? ''
      const read = () => ask(() => client.call(getMigration, { params: { id: move } }))
      // Some states are over in a moment: half of the strikes wait for one, the others for nothing.
      const aim = Math.random() < 0.5 ? migrationStates[1 + Math.floor(Math.random() * 8)] : undefined
      if (aim === undefined) await wait(Math.random() * typical)
      let state = (await read()).state
      while (aim !== undefined && migrationStates.indexOf(state) < migrationStates.indexOf(aim)) {
        state = (await read()).state
      }
      struckIn.set(state, (struckIn.get(state) ?? 0) + 1)
      await strike(what, source, target)
      const ended: Migration = await eventually(
        read,
        ({ finished_at }) => finished_at !== null,
        `${move} to end`,
        LONGEST_MS,
      )
      typical = Math.min(15_000, typical * 0.8 + (performance.now() - begun) * 0.2)
      if (ended.state === 'done') moved++
      else undone++
      await eventually(
        () => client.call(getInstance, { params: { id } }),
        (instance) => instance.state === 'running',
        `the server to run after ${what} in ${state}: ${ended.state}, ${ended.reason}`,
        LONGEST_MS,
      )
      const here = ended.state === 'done' ? target : source
      const other = here === target ? source : target
      await eventually(
        async () => [
          existsSync(other.copy(id)),
          ...readdirSync(join(other.dataDir, 'imports')),
          ...readdirSync(join(here.dataDir, 'imports')),
        ],
        ([isThere, ...imports]) => isThere === false && imports.length === 0,
        `${other.name} to have nothing of it`,
        LONGEST_MS,
      ).catch(() => stray++)
      lost += files - world.whole(join(here.copy(id), 'data'))
      const seen = world.lines()
      await eventually(
        async () => world.lines(),
        (now) => now > seen,
        'it to write on',
      )
      say(
        `${round + 1}: ${what} in ${state}, ${ended.state}${ended.reason ? ` (${ended.reason})` : ''}, ${Math.round(performance.now() - begun)} ms`,
      )
    }
    watching.abort()
    await watcher
    return {
      rounds,
      moved,
      undone,
      lines: world.lines(),
      wrongLines: world.wrongLines(),
      lostFiles: lost,
      strayCopies: stray,
      mostAtOnce: most,
      refusedSeconds: world.doubled(),
      struckIn: Object.fromEntries(struckIn),
    }
  } finally {
    watching.abort()
    await watcher
    for (const agent of agents) await agent.kill()
    await server.stop()
    await proxy.close()
    for (const pid of world.running()) process.kill(Number(pid), 'SIGKILL')
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

if (import.meta.main) {
  const figure = await proveMigrationKills(Number(process.argv[2] ?? 50), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  const wrong = figure.wrongLines + figure.lostFiles + figure.strayCopies + figure.refusedSeconds
  if (wrong > 0 || figure.mostAtOnce !== 1) process.exitCode = 1
}
