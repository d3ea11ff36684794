import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { listNodes } from '#contract/nodes'
import { getTunnelStats, listTunnelAgents, type TunnelAgent } from '#contract/tunnel'
import { openDb } from '#server/db/open'
import { newId } from '#server/ids'
import { openFaultProxy } from '#server/testing/fault-proxy'
import { type Client, createClient, startServerProcess } from '#server/testing/process'
import { eventually } from '#server/testing/scenario'

const percentile = (values: readonly number[], part: number) =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0)

/** Rows of machines that have joined, straight into the database of a server that does not run. */
async function addMachines(dataDir: string, count: number): Promise<{ node_id: string; agent_token: string }[]> {
  const control = openDb(join(dataDir, 'shardlyn.db'))
  try {
    const { id } = await control.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()
    const made = Array.from({ length: count }, () => ({
      node_id: newId(),
      agent_token: randomBytes(32).toString('base64url'),
    }))
    const rows = made.map(({ node_id, agent_token }, i) => ({
      id: node_id,
      organization_id: id,
      name: `machine-${i}`,
      token_hash: createHash('sha256').update(agent_token).digest('hex'),
      is_local: 0,
      cordoned: 0,
      draining: 0,
      labels: '{}',
      port_start: 25_000,
      port_end: 29_999,
      capabilities: '{"runtimes":[],"process_limits":{"memory":false,"cpu":false,"pids":false}}',
      records_terminals: 0,
      epoch: 0,
      event_seq: 0,
      created_at: new Date().toISOString(),
    }))
    for (let at = 0; at < rows.length; at += 100) {
      await control.db
        .insertInto('nodes')
        .values(rows.slice(at, at + 100))
        .execute()
    }
    return made
  } finally {
    await control.close()
  }
}

async function everyAgent(client: Client): Promise<TunnelAgent[]> {
  const all: TunnelAgent[] = []
  let cursor: string | undefined
  do {
    const page = await client.call(listTunnelAgents, { query: { limit: 200, ...(cursor && { cursor }) } })
    all.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return all
}

/** Asks a page of machines again and again until told to stop; answers how long each took. */
function askMeanwhile(client: Client) {
  const times: number[] = []
  let going = true
  const done = (async () => {
    while (going) {
      const begun = performance.now()
      await client.call(listNodes, { query: { limit: 50 } })
      times.push(performance.now() - begun)
      await wait(25)
    }
  })()
  return async () => {
    going = false
    await done
    return times
  }
}

/** Cuts the tunnels of many agents in one moment; measures how soon all are back, and how the API answers meanwhile. */
export async function proveReconnectStorm(machines: number, rounds: number, say: (line: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const proxy = await openFaultProxy(port)
  // Not by the name of loopback, on which agents wait for no crowd.
  const forAgents = `http://[::ffff:127.0.0.1]:${proxy.port}`
  const options = { dataDir, port, env: { SHARDLYN_PUBLIC_URL: forAgents, SHARDLYN_RATE_LIMIT: '100' } }
  let server = await startServerProcess(options)
  await createClient(`http://127.0.0.1:${port}`).signIn()
  await server.stop()
  const identities = join(dataDir, 'identities.json')
  writeFileSync(identities, JSON.stringify(await addMachines(dataDir, machines)))
  server = await startServerProcess(options)
  const client = createClient(`http://127.0.0.1:${port}`)
  await client.signIn()
  const agents = spawn(process.execPath, [join(import.meta.dirname, 'storm-agents.ts'), forAgents, identities], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const connected = (wanted: number) =>
    eventually(
      () => client.call(getTunnelStats, {}),
      ({ connected }) => connected === wanted,
      `${wanted} agents`,
      180_000,
    )
  try {
    await connected(machines)
    const back: number[] = []
    const answers: number[] = []
    let doubles = 0
    for (let round = 0; round < rounds; round++) {
      // Those who have stood long enough begin anew with their back-off; the others go on with theirs.
      await wait(2000)
      const before = new Map((await everyAgent(client)).map(({ node_id, epoch }) => [node_id, epoch]))
      const stop = askMeanwhile(client)
      const begun = performance.now()
      proxy.reset()
      await eventually(
        () => client.call(getTunnelStats, {}),
        ({ connected }) => connected < machines,
        'the cut to be seen',
      )
      await connected(machines)
      back.push(performance.now() - begun)
      answers.push(...(await stop()))
      const after = await everyAgent(client)
      doubles += after.length - new Set(after.map(({ node_id }) => node_id)).size
      doubles += after.filter(({ node_id, epoch }) => epoch !== (before.get(node_id) ?? 0) + 1).length
      say(`round ${round + 1}: all back after ${Math.round(back.at(-1) ?? 0)} ms`)
    }
    return {
      machines,
      rounds,
      allBackMsMost: Math.round(Math.max(...back)),
      apiP50Ms: percentile(answers, 0.5),
      apiP99Ms: percentile(answers, 0.99),
      requests: answers.length,
      doubles,
    }
  } finally {
    if (agents.exitCode === null) {
      const exited = once(agents, 'exit')
      agents.kill('SIGKILL')
      await exited
    }
    await server.stop()
    await proxy.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const [machines = 1000, rounds = 5] = process.argv.slice(2).map(Number)
  const figure = await proveReconnectStorm(machines, rounds, (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.allBackMsMost > 30_000 || figure.apiP99Ms > 250 || figure.doubles > 0) process.exitCode = 1
}
