import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node-pty'
import { createInstance, deleteInstance, getInstance } from '#contract/instances'
import { createWorkload } from '#contract/workloads'
import { eventually } from '#server/testing/scenario'
import { openViewer } from '#server/testing/viewer'
import { atLeast, type Figure, pairs } from './measure.ts'
import { startStack } from './stack.ts'

const LINE = '\u001b[32m[12:34:56]\u001b[0m [Server thread/INFO]: a line as servers print them, with a number 0000000\n'

/** A pty that prints a file, read by this process and nothing else. */
function ptyAlone(file: string): Promise<number> {
  return new Promise((resolve) => {
    const pty = spawn('cat', [file], { name: 'xterm', cols: 120, rows: 40, cwd: '/', env: {}, encoding: null })
    let begun = 0
    let bytes = 0
    pty.onData((data) => {
      begun ||= performance.now()
      bytes += data.length
    })
    pty.onExit(() => resolve(bytes / 1e6 / ((performance.now() - begun) / 1000)))
  })
}

/** From a server's terminal to a viewer: pty, supervisor, log, agent, tunnel, control plane, WebSocket. */
export async function benchTerminal(): Promise<Figure[]> {
  const stack = await startStack()
  try {
    const file = join(stack.dataDir, 'lines.txt')
    writeFileSync(file, LINE.repeat(Math.ceil(40e6 / LINE.length)))
    const workload = await stack.client.call(createWorkload, {
      body: {
        document: {
          apiVersion: 'shardlyn/v1',
          kind: 'Workload',
          metadata: { name: 'printer' },
          spec: { runtime: 'process', command: ['cat', file], restartPolicy: 'never' },
        },
      },
    })
    let n = 0
    const ours = async () => {
      const { id } = await stack.client.call(createInstance, {
        body: { workload_id: workload.id, node_id: stack.node.id, name: `printer-${n++}`, start: true },
      })
      let begun = 0
      const viewer = openViewer({
        client: () => stack.client,
        instanceId: id,
        from: 0,
        onData: () => void (begun ||= performance.now()),
      })
      let bytes = 0
      await eventually(
        () => stack.client.call(getInstance, { params: { id } }),
        ({ state, exit }) => state === 'stopped' && exit !== null,
        'the end',
        60_000,
      )
      // Lines come out of a pty with a carriage return more than went in.
      const whole = Math.ceil(40e6 / LINE.length) * (LINE.length + 1)
      await viewer.until(() => (bytes = viewer.offset() ?? 0) >= whole, 60_000)
      const rate = bytes / 1e6 / ((performance.now() - begun) / 1000)
      viewer.close()
      await stack.client.call(deleteInstance, { params: { id }, query: { data: 'delete' } })
      return rate
    }
    const figure = await pairs({ name: 'terminal end to end', unit: 'MB/s', against: 'node-pty alone' }, 5, ours, () =>
      ptyAlone(file),
    )
    return [{ ...figure, goal: atLeast(figure.ratio, 0.8) }]
  } finally {
    await stack.stop()
  }
}
