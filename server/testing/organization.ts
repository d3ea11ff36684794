import { createInstance, type Instance } from '#contract/instances'
import type { Permission } from '#contract/permissions'
import { createWorkload } from '#contract/workloads'
import type { TestApp } from './app.ts'
import { fakeAgent } from './fake-agent.ts'
import { buildOnMachines, featuresOf } from './organization-machines.ts'
import { game } from './stage.ts'
import { until } from './until.ts'

/** Everything about one organization that another must never see: its ids, and its name in everything it named. */
export async function buildOrganization(app: TestApp, mark: string) {
  await app.adminToken()
  const { id, owner } = await app.addOrganization(`${mark}-organization`)
  const person = (name: string, role: 'admin' | 'user', more: object = {}) =>
    app.addPerson({ email: `${mark}-${name}@example.com`, role, organization_id: id, ...more })
  const admin = await person('admin', 'admin')
  const user = await person('user', 'user')
  const grants: Permission[] = ['nodes.update', 'members.view', 'audit.view', 'instances.view', 'instances.console']
  const granted = await person('granted', 'user', { grants })
  const denied = await person('denied', 'user', {
    denials: ['instances.power', 'workloads.create', 'instances.create'],
  })

  const agent = await fakeAgent(app, { name: `${mark}-machine`, token: owner.token, features: featuresOf(mark) })
  const post = async (op: Parameters<TestApp['call']>[0], body: object, token: string) => {
    const answer = await app.call(op, { body }, { token })
    if (answer.status >= 300) throw new Error(answer.text)
    return answer.json() as { id: string }
  }
  const document = (name: string) => ({
    apiVersion: 'shardlyn/v1',
    kind: 'Workload',
    metadata: { name, labels: { of: mark } },
    spec: game,
  })
  const workloads = [
    await post(createWorkload, { document: document(`${mark}-shared`) }, owner.token),
    await post(createWorkload, { document: document(`${mark}-own`) }, user.token),
  ]
  const deploy = (name: string, workload: string, token: string) =>
    post(
      createInstance,
      {
        workload_id: workload,
        node_id: agent.nodeId,
        name: `${mark}-${name}`,
        variables: { PASSWORD: `${mark}-hunter2` },
        env: { SECRET_OF: `${mark}-environment` },
      },
      token,
    ) as Promise<Instance>
  const instances = [
    await deploy('main', workloads[0]?.id ?? '', owner.token),
    await deploy('second', workloads[0]?.id ?? '', admin.token),
    await deploy('own', workloads[1]?.id ?? '', user.token),
    await deploy('moving', workloads[0]?.id ?? '', owner.token),
  ]
  const sharedWith = await person('shared', 'user', {
    shares: { [instances[0]?.id ?? '']: ['instances.view', 'instances.console', 'instances.power'] },
  })
  await until(() => agent.servers.size === instances.length)
  for (const { id } of instances) agent.server(id).log.print(`${mark}-log of the server\r\n`)

  const instance = instances.at(-1)?.id ?? ''
  const onMachines = await buildOnMachines(app, { mark, id, agent, owner, instance })

  const people = { owner, admin, user, granted, denied, shared: sharedWith }
  const ids = [
    id,
    agent.nodeId,
    ...onMachines.ids,
    ...[...workloads, ...instances, ...Object.values(people)].map((made) => made.id),
  ]
  const idsOf = (things: readonly { id: string }[]) => things.map((thing) => thing.id)
  const persons = idsOf(Object.values(people))
  /** By the name of a field or of a part of the API. */
  const fitting: Record<string, string[]> = {
    orgId: [id],
    organization_id: [id],
    organizations: [id],
    userId: persons,
    user_id: persons,
    users: persons,
    workload_id: idsOf(workloads),
    workloads: idsOf(workloads),
    instance_id: idsOf(instances),
    instances: idsOf(instances),
    instance_ids: idsOf(instances),
    ...onMachines.fitting,
  }
  return { mark, id, agent, workloads, instances, people, ids, fitting, texts: onMachines.texts }
}
export type BuiltOrganization = Awaited<ReturnType<typeof buildOrganization>>
