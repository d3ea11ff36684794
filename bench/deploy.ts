import { execFileSync, spawnSync } from 'node:child_process'
import { createInstance, deleteInstance } from '#contract/instances'
import { createWorkload } from '#contract/workloads'
import { untilState } from '#server/testing/scenario'
import { busyboxImage } from '#server/testing/docker'
import { type Figure, pairs } from './measure.ts'
import { startStack } from './stack.ts'

/** From "deploy" to running on the Docker runtime, against `docker run` of the same image until it returns. */
export async function benchDeploy(): Promise<Figure[]> {
  const image = busyboxImage()
  if (!image) {
    process.stdout.write('create to running: skipped, no Docker engine answers\n')
    return []
  }
  const stack = await startStack()
  try {
    const workload = await stack.client.call(createWorkload, {
      body: {
        document: {
          apiVersion: 'shardlyn/v1',
          kind: 'Workload',
          metadata: { name: 'sleeper' },
          spec: { runtime: 'docker', image, command: ['/bin/sh', '-c', 'echo up; exec sleep 1000'] },
        },
      },
    })
    const figure = await pairs(
      { name: 'create to running', unit: 'ms', against: 'docker run of the same image' },
      5,
      async () => {
        const begun = performance.now()
        const { id } = await stack.client.call(createInstance, {
          body: { workload_id: workload.id, node_id: stack.node.id },
        })
        await untilState(stack.client, id, 'running')
        const ms = performance.now() - begun
        await stack.client.call(deleteInstance, { params: { id }, query: { data: 'delete' } })
        return ms
      },
      async () => {
        const begun = performance.now()
        const id = execFileSync('docker', [
          'run',
          '-d',
          '-t',
          '--init',
          image,
          '/bin/sh',
          '-c',
          'echo up; exec sleep 1000',
        ])
          .toString()
          .trim()
        const ms = performance.now() - begun
        spawnSync('docker', ['rm', '-f', id])
        return ms
      },
    )
    return [figure]
  } finally {
    await stack.stop()
  }
}
