import { createWorkload } from '#contract/workloads'
import { createInstance, getInstance, type Instance } from '#contract/instances'
import { testApp, type TestApp } from './app.ts'
import { fakeAgent } from './fake-agent.ts'
import { until } from './until.ts'

/** A workload with some of everything that servers are asked about. */
export const game = {
  runtime: 'process',
  command: ['./game'],
  ports: [
    { name: 'game', containerPort: 25565, alsoUdp: true, primary: true },
    { name: 'query', containerPort: 8080 },
  ],
  variables: [
    { name: 'Map', env: 'MAP', default: 'desert', rules: { options: ['desert', 'ice'] } },
    { name: 'Slots', env: 'SLOTS', default: '10', rules: { type: 'integer', min: 1, max: 64 } },
    { name: 'Password', env: 'PASSWORD', default: '', secret: true },
    { name: 'Build', env: 'BUILD', default: '7', userEditable: false },
    { name: 'Internal', env: 'INTERNAL', default: 'x', userVisible: false },
  ],
  resources: { limits: { memory: '1Gi', cpu: '1.5' } },
}

export async function addWorkload(app: TestApp, spec: object = game, name = 'game'): Promise<string> {
  const document = { apiVersion: 'shardlyn/v1', kind: 'Workload', metadata: { name }, spec }
  const answer = await app.signedIn(createWorkload, { body: { document } })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.json().id as string
}

/** An app with a connected machine and a workload, and the steps that most tests begin with. */
export async function stage(
  options: Parameters<typeof fakeAgent>[1] = {},
  spec: object = game,
  more: Parameters<typeof testApp>[0] = {},
) {
  // A machine counts as away soon after it is cut off, so that no test waits for it.
  const app = await testApp({ tunnelTimes: { grace: 20 }, ...more })
  const agent = await fakeAgent(app, options)
  const workload_id = await addWorkload(app, spec)
  const deploy = async (body: object = {}) => {
    const answer = await app.signedIn(createInstance, { body: { workload_id, node_id: agent.nodeId, ...body } })
    return { ...answer, instance: answer.json() as Instance }
  }
  const read = async (id: string) =>
    (await app.signedIn(getInstance, { params: { id } })).json() as Instance & { document: unknown }
  /** Deployed, and its machine has it. */
  const running = async (body: object = {}) => {
    const { instance } = await deploy(body)
    await until(async () => (await read(instance.id)).state === 'running')
    return instance.id
  }
  return { app, agent, workload_id, deploy, read, running, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}
