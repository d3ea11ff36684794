import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { downloadHostFile, getUploadOffset, uploadHostFile } from '#contract/host-files'
import { killInstance } from '#contract/instances'
import { getInventorySystem } from '#contract/inventory'
import { createRegisterToken } from '#contract/nodes'
import { urlFor } from '#contract/operation'
import { getTunnelStats } from '#contract/tunnel'
import { findPlaces } from '#server/places'
import { openFaultProxy } from '#server/testing/fault-proxy'
import { type Client, createClient, Refused, serverEntry, startServerProcess } from '#server/testing/process'
import { deployScript, eventually, healthyNode, untilState } from '#server/testing/scenario'
import { openViewer } from '#server/testing/viewer'
import { openShell } from './shell-client.ts'

const MIB = 1024 * 1024
const counter = `let n = 0; setInterval(() => { let s = ''; for (let i = 0; i < 20; i++) s += 'line ' + n++ + '\\n'; process.stdout.write(s) }, 20)`
/** Ten numbered rows, fifty times a second. */
const rows = `n=0; while sleep 0.02; do for k in 0 1 2 3 4 5 6 7 8 9; do echo "row $n"; n=$((n+1)); done; done\n`
const faults = ['reset', 'drop', 'stall', 'refuse', 'mid-frame'] as const

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const descriptors = (pid: number) => readdirSync(`/proc/${pid}/fd`).length
const memoryMib = (pid: number) =>
  Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
const percentile = (values: readonly number[], part: number) =>
  Math.round(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0)

/** Of each transfer, a second. On its way all the time, so that every cut breaks it off. */
const PACE = 12 * MIB
const PART = 256 * 1024
const SETTLE_MS = 20_000

async function* paced(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  for await (const part of parts) {
    yield part
    await wait((part.length / PACE) * 1000)
  }
}
function* partsOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += PART) yield bytes.subarray(at, at + PART)
}

type Traffic = { client: Client; nodeId: string; folder: string; isOver: () => boolean }

/** Fetches one large file again and again; each time it breaks off it goes on at the byte after the last. */
async function keepDownloading({ client, nodeId, folder, isOver }: Traffic) {
  const bytes = randomBytes(24 * MIB)
  const path = join(folder, 'large.bin')
  writeFileSync(path, bytes)
  const expected = sha256(bytes)
  const url = new URL(urlFor(downloadHostFile, { params: { id: nodeId }, query: { path } }), client.url)
  const figure = { whole: 0, wrong: 0, resumed: 0 }
  while (!isOver()) {
    const parts: Buffer[] = []
    for (let have = 0; have < bytes.length && !isOver();) {
      try {
        const headers = { authorization: `Bearer ${client.token()}`, ...(have > 0 && { range: `bytes=${have}-` }) }
        const answer = await fetch(url, { headers, signal: AbortSignal.timeout(60_000) })
        if (!answer.ok || !answer.body) throw new Error(String(answer.status))
        if (have > 0) figure.resumed++
        for await (const part of paced(answer.body)) {
          parts.push(Buffer.from(part))
          have += part.length
        }
      } catch {
        await wait(100)
      }
    }
    if (isOver()) break
    if (sha256(Buffer.concat(parts)) === expected) figure.whole++
    else figure.wrong++
  }
  return figure
}

/** Sends one file again and again; each time it breaks off it asks how much is there and goes on. */
async function keepUploading({ client, nodeId, folder, isOver }: Traffic) {
  const bytes = randomBytes(32 * MIB)
  const path = join(folder, 'sent.bin')
  const figure = { whole: 0, wrong: 0, resumed: 0 }
  while (!isOver()) {
    let offset = 0
    for (let isWhole = false; !isWhole && !isOver();) {
      try {
        const query = { path, size: bytes.length, overwrite: true, ...(offset > 0 && { offset }) }
        const answer = await fetch(new URL(urlFor(uploadHostFile, { params: { id: nodeId }, query }), client.url), {
          method: uploadHostFile.method,
          headers: { authorization: `Bearer ${client.token()}`, 'content-type': 'application/octet-stream' },
          body: ReadableStream.from(paced(partsOf(bytes.subarray(offset)))),
          duplex: 'half',
          signal: AbortSignal.timeout(60_000),
        })
        await answer.arrayBuffer()
        if (!answer.ok) throw new Error(String(answer.status))
        isWhole = true
      } catch {
        await wait(100)
        offset = await client
          .call(getUploadOffset, { params: { id: nodeId }, query: { path } })
          .then((told) => told.offset)
          .catch(() => offset)
        if (offset > 0) figure.resumed++
      }
    }
    if (isOver()) break
    if (sha256(readFileSync(path)) === sha256(bytes)) figure.whole++
    else figure.wrong++
  }
  return figure
}

/** Asks the machine ten times a second. While it is away it may be told so, in time; nothing else may be answered. */
async function keepAsking({ client, nodeId, isOver }: Traffic) {
  const figure = { answered: 0, away: 0, strange: 0, words: new Set<string>() }
  while (!isOver()) {
    try {
      await client.call(getInventorySystem, { params: { id: nodeId } })
      figure.answered++
    } catch (error) {
      if (error instanceof Refused && ['node_offline', 'agent_timeout'].includes(error.problem.code)) figure.away++
      else {
        figure.strange++
        figure.words.add(`${String(error)} ${String((error as Error).cause ?? '')}`.slice(0, 200))
      }
    }
    await wait(100)
  }
  return { ...figure, words: [...figure.words] }
}

const numbersOf = (text: string, word: string) =>
  [...text.matchAll(new RegExp(`${word} (\\d+)\\r?\\n`, 'g'))].map(([, n]) => Number(n))
const wrongOf = (numbers: readonly number[]) => numbers.filter((n, i) => n !== i).length

/** Cuts the tunnel under a console, a terminal, transfers and requests at once; what is lost, how soon it is back, and what is left behind. */
export async function proveMixedCuts(cuts: number, pauseMs: number, say: (line: string) => void = () => {}) {
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'shardlyn-prove-')))
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shardlyn-files-')))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const proxy = await openFaultProxy(port)
  const forAgent = `http://127.0.0.1:${proxy.port}`
  const server = await startServerProcess({ dataDir, port, env: { SHARDLYN_PUBLIC_URL: forAgent } })
  const client = createClient(`http://127.0.0.1:${port}`)
  let agent: ChildProcess | undefined
  let isOver = false
  try {
    await client.signIn()
    const renewing = setInterval(() => void client.signIn().catch(() => {}), 5 * 60_000)
    renewing.unref()
    const { token } = await client.call(createRegisterToken, { body: null })
    const remote = join(dataDir, 'remote')
    mkdirSync(remote)
    writeFileSync(join(remote, 'register-token'), token, { mode: 0o600 })
    const settings = { terminal: true, host_files: { paths: [folder], writable: true } }
    writeFileSync(join(remote, 'agent.json'), JSON.stringify(settings))
    const [program = process.execPath, ...args] = findPlaces(new URL(`file://${serverEntry()}`).href).agentCommand
    agent = spawn(program, [...args, '--server', forAgent, '--data-dir', remote], { stdio: 'ignore' })
    const pids = { server: server.child.pid ?? 0, agent: agent.pid ?? 0 }
    const { id: nodeId } = await healthyNode(client)
    const { instance } = await deployScript(client, 'counter', counter)
    await untilState(client, instance.id, 'running')
    const viewer = openViewer({ client: () => client, instanceId: instance.id, from: 0 })
    const shell = openShell(client, nodeId)
    await eventually(async () => shell.isOpen(), Boolean, 'the shell')
    shell.type(`exec /bin/sh\n`)
    await wait(500)
    shell.type(rows)
    await eventually(
      async () => numbersOf(shell.text(), 'row').length,
      (seen) => seen > 20,
      'rows in the terminal',
    )
    const streams = async () => (await client.call(getTunnelStats, {})).streams_open
    const quietStreams = await streams()

    const traffic: Traffic = { client, nodeId, folder, isOver: () => isOver }
    const running = Promise.all([keepDownloading(traffic), keepUploading(traffic), keepAsking(traffic)])
    const back: number[] = []
    let before = { server: 0, agent: 0, serverFds: 0, agentFds: 0 }
    const measure = () => ({
      server: memoryMib(pids.server),
      agent: memoryMib(pids.agent),
      serverFds: descriptors(pids.server),
      agentFds: descriptors(pids.agent),
    })
    for (let cut = 0; cut < cuts; cut++) {
      // What is allocated once is there by then.
      if (cut === Math.floor(cuts / 5)) before = measure()
      const fault = faults[cut % faults.length] ?? 'reset'
      if (fault === 'mid-frame') proxy.resetAfter(1 + Math.floor(Math.random() * 2 * MIB))
      else proxy[fault]()
      await wait(fault === 'reset' || fault === 'mid-frame' ? 50 : 200 + Math.random() * 800)
      proxy.restore()
      const begun = performance.now()
      const seen = { line: viewer.offset() ?? 0, row: shell.offset() }
      await eventually(
        async () => ({ line: (viewer.offset() ?? 0) - seen.line, row: shell.offset() - seen.row, ended: shell.ended }),
        ({ line, row }) => line > 500 && row > 500,
        `output after ${fault}`,
        60_000,
      )
      back.push(performance.now() - begun)
      if (cut % 7 === 6) shell.drop()
      if ((cut + 1) % 20 === 0) {
        const { server, agent } = measure()
        say(`${cut + 1} cuts, slowest return ${Math.round(Math.max(...back))} ms, ${server} and ${agent} MiB`)
      }
      await wait(pauseMs)
    }
    isOver = true
    const [download, upload, asked] = await running
    await eventually(streams, (open) => open <= quietStreams, 'the streams of transfers to end', 30_000)
    // Connections that are kept for the next request are let go after some seconds.
    let after = measure()
    for (let ms = 0; ms < SETTLE_MS && after.serverFds > before.serverFds; ms += 500) {
      await wait(500)
      after = measure()
    }
    await client.call(killInstance, { params: { id: instance.id } })
    await untilState(client, instance.id, 'stopped')
    const [lines, printed] = [numbersOf(viewer.text(), 'line'), numbersOf(shell.text(), 'row')]
    viewer.close()
    shell.close()
    clearInterval(renewing)
    return {
      cuts,
      lines: lines.length,
      linesWrong: wrongOf(lines),
      rows: printed.length,
      rowsWrong: wrongOf(printed),
      gaps: viewer.gaps.length + shell.gaps.length,
      shellEnded: shell.ended.length,
      download,
      upload,
      asked,
      backMsMedian: percentile(back, 0.5),
      backMsP99: percentile(back, 0.99),
      streamsLeft: (await streams()) - quietStreams,
      before,
      after,
    }
  } finally {
    isOver = true
    if (agent?.exitCode === null) {
      const exited = once(agent, 'exit')
      agent.kill('SIGKILL')
      await exited
    }
    await server.stop()
    await proxy.close()
    for (const each of [dataDir, folder]) rmSync(each, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const [cuts = 500, pauseMs = 1500] = process.argv.slice(2).map(Number)
  const figure = await proveMixedCuts(cuts, pauseMs, (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  const { linesWrong, rowsWrong, gaps, shellEnded, download, upload, asked, backMsP99 } = figure
  const lost = linesWrong + rowsWrong + gaps + shellEnded + download.wrong + upload.wrong + asked.strange
  const leaked = Math.max(
    figure.after.serverFds - figure.before.serverFds,
    figure.after.agentFds - figure.before.agentFds,
  )
  if (lost > 0 || backMsP99 > 5000 || leaked > 10 || figure.streamsLeft > 0) process.exitCode = 1
}
