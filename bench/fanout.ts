import { WebSocket } from 'ws'
import { createInstance } from '#contract/instances'
import { createWorkload } from '#contract/workloads'
import { untilState } from '#server/testing/scenario'
import { openViewer } from '#server/testing/viewer'
import { atLeast, type Figure, pairs } from './measure.ts'
import { startRaw } from './raw-process.ts'
import { startStack } from './stack.ts'

const VIEWERS = 100
const LINES = 5000
const TEXT = `${'a line of a server, as long as lines usually are, with its number and time'.padEnd(78)}\r\n`

/** Prints LINES lines for each line that it reads. */
const printer = `process.stdin.on('data', () => { const t = ${JSON.stringify(TEXT.slice(0, -2))}; let s = ''; for (let i = 0; i < ${LINES}; i++) s += t + '\\n'; process.stdout.write(s) }); console.log('printer ready')`

async function bare(): Promise<number> {
  const raw = await startRaw('raw-ws.ts', String(VIEWERS), String(LINES), TEXT)
  let begun = 0
  await Promise.all(
    Array.from({ length: VIEWERS }, () => {
      const socket = new WebSocket(raw.url, { perMessageDeflate: false })
      let left = LINES * TEXT.length
      return new Promise<void>((resolve) =>
        socket.on('message', (data: Buffer) => {
          begun ||= performance.now()
          left -= data.length
          if (left <= 0) {
            socket.terminate()
            resolve()
          }
        }),
      )
    }),
  )
  const rate = (LINES * VIEWERS) / ((performance.now() - begun) / 1000)
  await raw.stop()
  return rate
}

/** One server's console to a hundred viewers, against a bare loop over as many sockets with the same lines. */
export async function benchFanout(): Promise<Figure[]> {
  const stack = await startStack()
  try {
    const workload = await stack.client.call(createWorkload, {
      body: {
        document: {
          apiVersion: 'shardlyn/v1',
          kind: 'Workload',
          metadata: { name: 'printer' },
          spec: { runtime: 'process', command: [process.execPath, '-e', printer], ready: { log: 'printer ready' } },
        },
      },
    })
    const { id } = await stack.client.call(createInstance, {
      body: { workload_id: workload.id, node_id: stack.node.id },
    })
    await untilState(stack.client, id, 'running')
    const received = Array.from({ length: VIEWERS }, () => 0)
    let begun = 0
    let finish = () => {}
    let goal = Number.POSITIVE_INFINITY
    const viewers = received.map((_, i) =>
      openViewer({
        client: () => stack.client,
        instanceId: id,
        onData: (bytes) => {
          begun ||= performance.now()
          received[i] = (received[i] ?? 0) + bytes.length
          if ((received[i] ?? 0) >= goal && received.every((n) => n >= goal)) finish()
        },
      }),
    )
    for (const viewer of viewers) await viewer.until(() => viewer.connections() > 0)
    const ours = async () => {
      received.fill(0)
      begun = 0
      goal = LINES * TEXT.length
      const done = new Promise<void>((resolve) => (finish = resolve))
      viewers[0]?.type('go')
      await done
      return (LINES * VIEWERS) / ((performance.now() - begun) / 1000)
    }
    const figure = await pairs(
      { name: 'console fan-out to 100 viewers', unit: 'lines/s', against: 'bare ws loop' },
      5,
      ours,
      bare,
    )
    for (const viewer of viewers) viewer.close()
    return [{ ...figure, goal: atLeast(figure.ratio, 1) }]
  } finally {
    await stack.stop()
  }
}
