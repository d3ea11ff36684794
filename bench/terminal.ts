import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInstance, deleteInstance, getInstance } from '#contract/instances'
import { createWorkload } from '#contract/workloads'
import { eventually } from '#server/testing/scenario'
import { openViewer } from '#server/testing/viewer'
import { atLeast, type Figure, pairs } from './measure.ts'
import { LINE, ptyAlone } from './pty-alone.ts'
import { startStack } from './stack.ts'

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
