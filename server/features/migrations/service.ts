import { randomBytes } from 'node:crypto'
import type { Input } from '#contract/operation'
import type { listMigrations, Migration, migrateInstances } from '#contract/migrations'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { conflict, notFound, unavailable } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { mayOnInstance, visibilityOf } from '#server/http/rights'
import { newId } from '#server/ids'
import type { AgentListener } from '#server/tunnel/listener'
import { type Deps, defaultTimes } from './deps.ts'
import { createEnding } from './ending.ts'
import { createMachines } from './machines.ts'
import { createNotes, MOVE_TASK } from './notes.ts'
import { createRunner } from './runner.ts'
import { createSteps } from './steps.ts'
import * as store from './store.ts'
import type { MigrationRow } from './store.ts'
import { createTodos } from './todos.ts'
import { toMigration } from './view.ts'

export type Begin = {
  instanceId: string
  targetNodeId: string
  mode: Migration['mode']
  /** Host ports by port name, where they are to differ from what it has. */
  ports?: Readonly<Record<string, number>>
  drainId?: string | null
}

/** Servers that move from one machine to another. docs/migrations.md tells how, and what keeps two of one from running. */
export function createMigrationsService(deps: Deps) {
  const { db, clock, audit, tasks, agents, moves } = deps
  const times = { ...defaultTimes, ...deps.times }
  const machines = createMachines(agents)
  const notes = createNotes(deps, times)
  const todos = createTodos(deps, machines, times)
  const ending = createEnding(deps, { machines, notes, todos, times })
  const steps = createSteps(deps, { machines, notes, ending, times })
  const runner = createRunner(deps, { steps, notes, ending, times })
  const view = (row: MigrationRow) => toMigration(row, runner.waitsFor(row.id))

  /** Whoever may empty machines sees every move of the organization; others those of the servers that they see. */
  async function getRow(caller: Caller, id: string): Promise<MigrationRow> {
    const row = await store.findMigration(db, id)
    if (row?.organization_id === caller.organization_id) {
      const instance = { id: row.instance_id, created_by: row.instance_created_by }
      if (caller.everywhere.has('nodes.drain') || mayOnInstance(caller, 'instances.view', instance)) return row
    }
    throw notFound('migration_not_found', 'There is no such migration.')
  }

  async function getNode(db: Db, caller: Caller, id: string) {
    const node = await store.findNode(db, id)
    if (node?.organization_id === caller.organization_id) return node
    throw notFound('node_not_found', 'There is no such machine.')
  }

  function requireOnline(node: { id: string; name: string }): void {
    if (agents.isConnected(node.id)) return
    throw unavailable('node_offline', `${node.name} is away. Servers can only be moved while both machines are there.`)
  }

  /** Notes one move, in the caller’s transaction. Nothing is done before `kick`. */
  async function begin(
    db: Db,
    caller: Caller,
    { instanceId, targetNodeId, mode, ports = {}, drainId = null }: Begin,
    listening: Awaited<ReturnType<typeof moves.askListening>> = [],
  ): Promise<string> {
    const left = await store.findTodoOf(db, instanceId)
    if (left) {
      throw conflict(
        'already_moving',
        `${left.instance_name} moved before, and a machine has still to tidy up after that. Try again in a moment.`,
      )
    }
    const id = newId(clock.now())
    const planned = await moves.begin(db, caller, { instanceId, targetNodeId, migrationId: id, ports, listening })
    const subject = { type: 'instance', id: instanceId, name: planned.name }
    const row = {
      id,
      organization_id: caller.organization_id,
      instance_id: instanceId,
      instance_name: planned.name,
      source_node_id: planned.source.id,
      source_node_name: planned.source.name,
      target_node_id: planned.target.id,
      target_node_name: planned.target.name,
      mode,
      state: 'pending' as const,
      reason: null,
      was_running: planned.was_running ? 1 : 0,
      ports: JSON.stringify(planned.ports),
      source_ports: JSON.stringify(planned.source_ports),
      token: randomBytes(24).toString('base64url'),
      undo: null,
      source_todo: null,
      target_todo: null,
      files_total: null,
      files_done: 0,
      bytes_total: null,
      bytes_done: 0,
      stopped_at: null,
      running_at: null,
      cancel_asked_at: null,
      drain_id: drainId,
      created_by: caller.user_id,
      created_at: isoNow(clock),
      started_at: null,
      finished_at: null,
    }
    await store.insertMigration(db, row)
    await tasks.begin(db, { organization_id: caller.organization_id, kind: MOVE_TASK, subject })
    await audit(db, {
      ...byCaller(caller),
      action: 'instance.migration_begun',
      subject,
      details: ending.detailsOf({ ...row, instance_created_by: planned.created_by }),
    })
    return id
  }

  /** After the transaction of `begin`. */
  async function kick(ids: readonly string[]): Promise<Migration[]> {
    const rows = await Promise.all(ids.map((id) => store.findMigration(db, id)))
    const made = rows.filter((row) => row !== undefined)
    for (const row of made) notes.tell(row)
    runner.kick()
    return made.map(view)
  }

  const listener: Partial<AgentListener> = {
    async onState(nodeId, state) {
      if (state !== 'connected') return
      runner.wake(nodeId)
      todos.flushFor(nodeId).catch((error: unknown) => {
        deps.log.error({ err: error, node_id: nodeId }, 'what was left of moves could not be tidied up')
      })
    },
  }

  return {
    listener,
    begin,
    kick,
    /** Before `begin`: what is left of an earlier move of it is done now, if it can be. */
    tidy: todos.flushOfInstance,

    async migrate(
      caller: Caller,
      nodeId: string,
      { target_node_id, instance_ids, mode = 'stop' }: Input<typeof migrateInstances>['body'],
    ): Promise<{ migrations: Migration[] }> {
      const source = await getNode(db, caller, nodeId)
      const target = await getNode(db, caller, target_node_id)
      if (source.id === target.id) throw conflict('same_node', 'That is the machine that the servers are on already.')
      requireOnline(source)
      requireOnline(target)
      const ids = instance_ids ?? (await moves.listMovable(db, source.id))
      if (ids.length === 0) throw conflict('nothing_to_move', `There is no server on ${source.name} that can be moved.`)
      for (const id of ids) await todos.flushOfInstance(id)
      const listening = await moves.askListening(target.id)
      const made = await inTransaction(db, async (db) => {
        const made: string[] = []
        for (const instanceId of ids) {
          const id = await begin(db, caller, { instanceId, targetNodeId: target.id, mode }, listening)
          // Named for this machine, but elsewhere.
          if ((await store.findMigration(db, id))?.source_node_id !== source.id) {
            throw notFound('instance_not_found', 'There is no such server.')
          }
          made.push(id)
        }
        return made
      })
      return { migrations: await kick(made) }
    },

    async list(caller: Caller, query: Input<typeof listMigrations>['query']) {
      const limit = query.limit ?? 50
      const rows = await store.listMigrations(db, {
        organization_id: caller.organization_id,
        visible_to: caller.everywhere.has('nodes.drain') ? null : visibilityOf(caller),
        state: query.state,
        node_id: query.node_id,
        instance_id: query.instance_id,
        before: fromCursor(query.cursor),
        limit,
      })
      const { items, next_cursor } = toPage(rows, limit)
      return { items: items.map(view), next_cursor }
    },

    get: async (caller: Caller, id: string) => view(await getRow(caller, id)),

    async cancel(caller: Caller, id: string): Promise<Migration> {
      const row = await getRow(caller, id)
      await inTransaction(db, async (db) => {
        if (!(await store.askCancel(db, id, isoNow(clock)))) {
          const isOver = store.isOver(row.state)
          throw conflict(
            'not_cancellable',
            isOver
              ? 'This migration is over.'
              : `${row.instance_name} belongs to ${row.target_node_name} already. Move it back, if you want it back.`,
          )
        }
        const reason = `${caller.email} cancelled it.`
        await store.updateMigration(db, id, { reason })
        await audit(db, {
          ...byCaller(caller),
          action: 'instance.migration_cancel_requested',
          subject: { type: 'instance', id: row.instance_id, name: row.instance_name },
          details: ending.detailsOf(row),
        })
      })
      runner.interrupt(id)
      return view(await getRow(caller, id))
    },

    /** What waits or is under way of a draining ends, as far as it still can. */
    async cancelOf(drainId: string): Promise<void> {
      for (const { id } of await store.listOfDrain(db, drainId)) {
        if (!(await store.askCancel(db, id, isoNow(clock)))) continue
        await store.updateMigration(db, id, { reason: 'The draining was ended.' })
        runner.interrupt(id)
      }
    },

    /** The servers whose moves name this machine, so that it is not deleted under them. */
    movesNaming: async (db: Db, nodeId: string) =>
      (await store.listNaming(db, nodeId)).map(({ instance_name }) => instance_name),

    /** Goes on with what our own end interrupted. Once agents can connect. */
    resume: () => runner.kick(),
    async close() {
      await runner.close()
      await todos.close()
    },
  }
}
export type MigrationsService = ReturnType<typeof createMigrationsService>
