import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { login } from '#contract/auth'
import { listNodes } from '#contract/nodes'
import { createClient, type Client, startServerProcess, testPerson } from '#server/testing/process'
import type { FloodCount, FloodOrder } from '../flood.ts'

const PER_SECOND = 300
const READ_EVERY_MS = 20

const at = (sorted: number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
const rounded = (ms: number) => Math.round(ms * 100) / 100

/** Signs in from an address of this machine; the status and how long it took. */
async function signInFrom(url: string, localAddress: string, person: { email: string; password: string }) {
  const body = JSON.stringify(person)
  const { hostname, port } = new URL(url)
  const begun = performance.now()
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const sent = request({ hostname, port, localAddress, method: login.method, path: login.url, headers, agent: false })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  answer.resume()
  await once(answer, 'end')
  return { status: Number(answer.statusCode), ms: performance.now() - begun }
}

/** Reads at a steady rate, whether the last answer has come or not; how long each took. */
async function readFor(client: Client, ms: number): Promise<number[]> {
  const reads: Promise<number>[] = []
  const end = performance.now() + ms
  while (performance.now() < end) {
    const begun = performance.now()
    reads.push(client.call(listNodes, { query: {} }).then(() => performance.now() - begun))
    await wait(READ_EVERY_MS)
  }
  return (await Promise.all(reads)).toSorted((a, b) => a - b)
}

/** Whether a wrong password for an account takes as long as one for nobody; each try from a network of its own. */
async function compareTiming(url: string, tries: number) {
  const known: number[] = []
  const unknown: number[] = []
  for (let i = 0; i < tries; i++) {
    known.push((await signInFrom(url, `127.1.${i}.1`, { ...testPerson, password: 'not it' })).ms)
    unknown.push((await signInFrom(url, `127.2.${i}.1`, { email: 'nobody@example.com', password: 'not it' })).ms)
  }
  const median = (all: number[]) =>
    rounded(
      at(
        all.toSorted((a, b) => a - b),
        0.5,
      ),
    )
  return { knownMs: median(known), unknownMs: median(unknown) }
}

async function logins(url: string, addressOf: (n: number) => string, ms: number, everyMs: number) {
  const all: { status: number; ms: number }[] = []
  const end = performance.now() + ms
  while (performance.now() < end) {
    all.push(await signInFrom(url, addressOf(all.length), testPerson))
    await wait(everyMs)
  }
  return {
    tries: all.length,
    failed: all.filter(({ status }) => status !== 200).length,
    slowestMs: rounded(Math.max(...all.map(({ ms }) => ms))),
  }
}

/** Floods the sign-in from 249 addresses, 300 a second; measures what others notice of it, and how long a good sign-in takes meanwhile. */
export async function proveLoginFlood(seconds: number, say: (line: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  const server = await startServerProcess({ dataDir })
  const client = createClient(server.url)
  const ms = seconds * 1000
  try {
    await client.signIn()
    const timing = await compareTiming(server.url, Math.max(3, Math.min(30, seconds * 3)))
    say(`a wrong password takes ${timing.knownMs} ms for an account and ${timing.unknownMs} ms for nobody`)
    await readFor(client, Math.min(2000, ms))
    const idle = await readFor(client, ms)
    say(`idle: p50 ${rounded(at(idle, 0.5))} ms, p99 ${rounded(at(idle, 0.99))} ms`)

    const order: FloodOrder = { url: server.url, perSecond: PER_SECOND, known: testPerson.email }
    const flood = new Worker(new URL('../flood.ts', import.meta.url), { workerData: order })
    await wait(500)
    const begun = performance.now()
    const [flooded, known, stranger] = await Promise.all([
      readFor(client, ms),
      logins(server.url, () => '127.0.0.1', ms, 1000),
      logins(server.url, (n) => `127.9.${n}.1`, ms, 2000),
    ])
    const floodMs = performance.now() - begun
    flood.postMessage('stop')
    const [count] = (await once(flood, 'message')) as [FloodCount]
    await flood.terminate()
    say(`under the flood: p50 ${rounded(at(flooded, 0.5))} ms, p99 ${rounded(at(flooded, 0.99))} ms`)
    return {
      perSecond: Math.round((count.sent / (floodMs + 500)) * 1000),
      answers: count.answers,
      wronglyAccepted: count.answers['200'] ?? 0,
      idleP99Ms: rounded(at(idle, 0.99)),
      floodP99Ms: rounded(at(flooded, 0.99)),
      p99Ratio: rounded(at(flooded, 0.99) / at(idle, 0.99)),
      known,
      stranger,
      timing,
    }
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const figure = await proveLoginFlood(Number(process.argv[2] ?? 20), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  const { known, stranger } = figure
  const isSlow = figure.p99Ratio > 2 || known.slowestMs > 3000 || stranger.slowestMs > 3000
  if (isSlow || figure.wronglyAccepted + known.failed + stranger.failed > 0) process.exitCode = 1
}
