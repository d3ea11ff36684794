// The thread of the login flood: its requests do not keep the clock of the measuring thread waiting.
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { login } from '#contract/auth'

export type FloodOrder = { url: string; perSecond: number; known: string }
export type FloodCount = { sent: number; failed: number; answers: Record<string, number> }

const { url, perSecond, known } = workerData as FloodOrder
const { hostname, port } = new URL(url)
const TICK_MS = 10
const ADDRESSES = 249

const agents = Array.from({ length: ADDRESSES }, (_, i) => ({
  localAddress: `127.0.0.${i + 2}`,
  agent: new Agent({ keepAlive: true, maxSockets: 8 }),
}))
const count: FloodCount = { sent: 0, failed: 0, answers: {} }
let due = 0

function tryOne() {
  const n = count.sent++
  const { agent, localAddress } = agents[n % ADDRESSES] ?? {}
  const email = n % 3 === 0 ? known : `nobody-${n}@example.com`
  const body = JSON.stringify({ email, password: `guess number ${n}` })
  const sent = request(
    {
      hostname,
      port,
      agent,
      localAddress,
      method: login.method,
      path: login.url,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    },
    (answer) => {
      const status = String(answer.statusCode)
      count.answers[status] = (count.answers[status] ?? 0) + 1
      answer.resume()
    },
  )
  sent.on('error', () => count.failed++)
  sent.end(body)
}

const timer = setInterval(() => {
  for (due += (perSecond * TICK_MS) / 1000; due >= 1; due--) tryOne()
}, TICK_MS)

parentPort?.once('message', () => {
  clearInterval(timer)
  for (const { agent } of agents) agent.destroy()
  parentPort?.postMessage(count)
})
