import type { createInstance, updateInstance } from '#contract/instances'
import type { Input } from '#contract/operation'
import type { WorkloadDocument } from '#contract/workload'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import { changed } from './changes.ts'
import type { Delivery } from './delivery.ts'
import type { Deps } from './deps.ts'
import type { Documents } from './documents.ts'
import { createPortPlanner } from './port-planner.ts'
import type { TakenPort } from './ports.ts'
import type { Reader } from './reader.ts'
import { baseName, checkEnv, checkOverrides, checkPlacement, freeName, limitsOf, mergeVariables } from './settings.ts'
import { requireStill } from './still.ts'
import * as store from './store.ts'
import type { InstanceRow, PlacementNode } from './store.ts'

const PORT_RACES = 5

/** Another replica gave one of the ports out in the same moment; everything is decided anew. */
class PortRace extends Error {}

type Parts = { documents: Documents; delivery: Delivery; reader: Reader }
/** Creates servers and changes their settings. Decides in one transaction, tells the machine after it. */
export function createDeploy(
  { db, clock, log, audit, tasks, publish, agents }: Deps,
  { documents, delivery, reader }: Parts,
) {
  const { askListening, planFor } = createPortPlanner({ log, agents })

  async function getNode(db: Db, caller: Caller, id: string): Promise<PlacementNode> {
    const node = await store.findNode(db, caller.organization_id, id)
    if (!node) throw notFound('node_not_found', 'There is no such machine.')
    return node
  }

  async function getWorkload(db: Db, caller: Caller, id: string) {
    const workload = await store.findWorkload(db, caller.organization_id, id)
    if (!workload) throw notFound('workload_not_found', 'There is no such workload.')
    return workload
  }

  async function decide<R>(work: (db: Db) => Promise<R>): Promise<R> {
    for (let race = 1; ; race++) {
      try {
        return await inTransaction(db, work)
      } catch (error) {
        if (!(error instanceof PortRace) || race >= PORT_RACES) throw error
      }
    }
  }

  const nameTaken = (name: string) =>
    conflict('name_taken', `There is a server named ${name} already. Choose another name.`)

  async function insert(
    db: Db,
    caller: Caller,
    input: Input<typeof createInstance>['body'],
    listening: readonly TakenPort[],
  ) {
    const { organization_id } = caller
    const node = await getNode(db, caller, input.node_id)
    const workload = await getWorkload(db, caller, input.workload_id)
    const document = (await documents(db, [{ workload_id: workload.id, workload_version: workload.version }]))({
      workload_id: workload.id,
      workload_version: workload.version,
    })
    checkPlacement(node, document)

    const id = newId(clock.now())
    const now = isoNow(clock)
    const name =
      input.name ?? freeName(workload.name, await store.listNamesLike(db, organization_id, baseName(workload.name)))
    const limits = { ...limitsOf(document), ...input.limits }
    const row = {
      id,
      organization_id,
      workload_id: workload.id,
      workload_version: workload.version,
      node_id: node.id,
      name,
      variables: JSON.stringify(mergeVariables(document, {}, input.variables ?? {})),
      env: JSON.stringify(checkEnv(document, input.env ?? {})),
      cpu: limits.cpu,
      memory_bytes: limits.memory_bytes,
      generation: 1,
      running_generation: null,
      desired_state: input.start === false ? 'stopped' : 'running',
      state: 'creating',
      state_reason: null,
      stage: null,
      container_id: null,
      pid: null,
      started_at: null,
      exit: null,
      crash_count: 0,
      crash_log: null,
      created_by: caller.user_id,
      created_at: now,
      updated_at: now,
      deleting_at: null,
      deleting_data: null,
    } as const
    const ports = await planFor(db, {
      node,
      document,
      overrides: checkOverrides(input.ports),
      listening,
      instanceId: id,
    })
    if (!(await store.insertInstance(db, row))) throw nameTaken(name)
    if (!(await store.replacePorts(db, id, node.id, ports))) throw new PortRace()

    const subject = { type: 'instance', id, name }
    await audit(db, {
      ...byCaller(caller),
      action: 'instance.created',
      subject,
      details: { workload: workload.name, version: workload.version, node: node.name },
    })
    await tasks.begin(db, {
      organization_id,
      kind: document.spec.install ? 'instance.install' : 'instance.create',
      subject,
    })
    return reader.showOne(db, caller, id)
  }

  /** What of a row changes; fields that are absent stay as they are. */
  function changesOf(
    row: InstanceRow,
    document: WorkloadDocument,
    { name, env, variables = {}, limits = {} }: Input<typeof updateInstance>['body'],
  ) {
    return {
      ...(name !== undefined && { name }),
      ...(env !== undefined && { env: JSON.stringify(checkEnv(document, env)) }),
      ...(limits.cpu !== undefined && { cpu: limits.cpu }),
      ...(limits.memory_bytes !== undefined && { memory_bytes: limits.memory_bytes }),
      variables: JSON.stringify(
        mergeVariables(document, JSON.parse(row.variables) as Record<string, string>, variables),
      ),
    }
  }

  async function change(
    db: Db,
    caller: Caller,
    id: string,
    input: Input<typeof updateInstance>['body'],
    listening: readonly TakenPort[],
  ) {
    const row = await reader.getRow(db, caller, id, 'instances.update')
    requireStill(row)
    const node = await getNode(db, caller, row.node_id)
    const workload = await getWorkload(db, caller, row.workload_id)
    const workload_version = input.workload_version === 'latest' ? workload.version : row.workload_version
    const ref = { workload_id: row.workload_id, workload_version }
    const document = (await documents(db, [ref]))(ref)
    if (workload_version !== row.workload_version) checkPlacement({ ...node, cordoned: 0, draining: 0 }, document)

    if (input.name !== undefined && input.name !== row.name) {
      if (await store.findInstanceByName(db, caller.organization_id, input.name)) throw nameTaken(input.name)
    }
    const changes = changesOf(row, document, input)
    const ports = await planFor(db, {
      node,
      document,
      overrides: checkOverrides(input.ports),
      listening,
      instanceId: id,
    })
    await store.updateInstance(db, id, {
      ...changes,
      workload_version,
      generation: row.generation + 1,
      updated_at: isoNow(clock),
    })
    if (!(await store.replacePorts(db, id, node.id, ports))) throw new PortRace()
    await audit(db, {
      ...byCaller(caller),
      action: 'instance.updated',
      subject: { type: 'instance', id, name: input.name ?? row.name },
      details: { fields: Object.keys(input), ...(input.variables && { variables: Object.keys(input.variables) }) },
    })
    return reader.showOne(db, caller, id)
  }

  return {
    async create(caller: Caller, input: Input<typeof createInstance>['body']) {
      const node = await getNode(db, caller, input.node_id)
      await getWorkload(db, caller, input.workload_id)
      const listening = await askListening(node.id)
      const made = await decide((db) => insert(db, caller, input, listening))
      publish(changed('created', made, { isCounted: true, hasTask: true, hasActivity: true }))
      void delivery.deliver(made.node_id, made.id)
      return made
    },
    async update(caller: Caller, id: string, input: Input<typeof updateInstance>['body']) {
      const row = await reader.getRow(db, caller, id, 'instances.update')
      const listening = input.ports || input.workload_version ? await askListening(row.node_id) : []
      const made = await decide((db) => change(db, caller, id, input, listening))
      publish(changed('updated', made, { hasActivity: true }))
      void delivery.deliver(made.node_id, id)
      return made
    },
  }
}
