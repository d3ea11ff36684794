import { createInstance, getInstance, type Instance } from '#contract/instances'
import { type FleetNode, listNodes } from '#contract/nodes'
import { createWorkload } from '#contract/workloads'
import type { Client } from './process.ts'

/** Asks again until the answer is as wanted. For states that arrive from outside this process. */
export async function eventually<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  what: string,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let last: T | undefined
  let failed: unknown
  for (;;) {
    try {
      last = await ask()
      failed = undefined
      if (wanted(last)) return last
    } catch (error) {
      failed = error
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Waited ${timeoutMs} ms for ${what}. Last: ${failed ? String(failed) : JSON.stringify(last)?.slice(0, 1500)}`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export const healthyNode = async (client: Client, timeoutMs = 30_000): Promise<FleetNode> => {
  const { items } = await eventually(
    () => client.call(listNodes, { query: {} }),
    ({ items }) => items[0]?.state === 'healthy',
    'this machine to be healthy',
    timeoutMs,
  )
  const node = items[0]
  if (!node) throw new Error('There is no machine.')
  return node
}

export const untilState = (client: Client, id: string, state: Instance['state'], timeoutMs = 30_000) =>
  eventually(
    () => client.call(getInstance, { params: { id } }),
    (instance) => instance.state === state,
    `the server to be ${state}`,
    timeoutMs,
  )

/** A native server that runs `script` with Node, deployed on the first machine. */
export async function deployScript(client: Client, name: string, script: string, spec: object = {}) {
  const node = await healthyNode(client)
  const workload = await client.call(createWorkload, {
    body: {
      document: {
        apiVersion: 'shardlyn/v1',
        kind: 'Workload',
        metadata: { name },
        spec: { runtime: 'process', command: [process.execPath, '-e', script], ...spec },
      },
    },
  })
  const instance = await client.call(createInstance, { body: { workload_id: workload.id, node_id: node.id, name } })
  return { node, workload, instance }
}
