import { listInstances } from '#contract/instances'
import type { Input, Output } from '#contract/operation'
import type { Permission } from '#contract/permissions'
import type { Template } from '#contract/templates'
import type { WorkloadDocument } from '#contract/workload'
import { type createWorkloadFromTemplate, getWorkload, listWorkloads, type Workload } from '#contract/workloads'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, likePattern, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { conflict, notFound } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { mayFor, missing, workloadRights } from '#server/http/rights'
import { newId } from '#server/ids'
import { columnsOf, type DocumentInput, documentFrom, fileName, freeName, readDocument } from './document.ts'
import { writeSource } from './source.ts'
import * as store from './store.ts'

type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  findTemplate: (id: string) => Promise<Template | undefined>
}

const toWorkload = (caller: Caller, row: store.WorkloadRow): Workload => ({
  ...row,
  rights: workloadRights(caller, row),
  instance_count: Number(row.instance_count ?? 0),
  document: JSON.parse(row.document) as WorkloadDocument,
})

const subjectOf = ({ id, name }: { id: string; name: string }) => ({ type: 'workload', id, name })

export function createWorkloadsService({ db, clock, audit, publish, findTemplate }: Deps) {
  /** With a right that is not held for every workload: throws where the caller does not hold it for this one. */
  async function getRow(db: Db, caller: Caller, id: string, right?: Permission): Promise<store.WorkloadRow> {
    const row = await store.findWorkload(db, caller.organization_id, id)
    if (!row) throw notFound('workload_not_found', 'There is no such workload.')
    if (right && !mayFor(caller, right, row)) throw missing(right)
    return row
  }

  /** The least number that makes a name free; looked up by its beginning, which numbering keeps. */
  const findFreeName = async (db: Db, { organization_id }: Caller, name: string) =>
    freeName(name, await store.namesLike(db, organization_id, likePattern(name.slice(0, 50).trimEnd()).slice(1)))

  async function nameTaken(db: Db, caller: Caller, name: string) {
    const free = await findFreeName(db, caller, name)
    return conflict(
      'workload_name_taken',
      `There is a workload named ${name} already. Choose another name; ${free} is free.`,
    )
  }

  async function insert(db: Db, caller: Caller, document: WorkloadDocument, details?: unknown): Promise<Workload> {
    const { organization_id, user_id: created_by } = caller
    const id = newId(clock.now())
    const now = isoNow(clock)
    const columns = columnsOf(document)
    const row = { id, organization_id, ...columns, version: 1, created_by, created_at: now, updated_at: now }
    if (!(await store.insertWorkload(db, row))) throw await nameTaken(db, caller, columns.name)
    await store.insertVersion(db, {
      workload_id: id,
      version: 1,
      document: columns.document,
      created_by,
      created_at: now,
    })
    await audit(db, { ...byCaller(caller), action: 'workload.created', subject: subjectOf(row), details })
    return toWorkload(caller, { ...row, instance_count: 0 })
  }

  function created(workload: Workload): Workload {
    const { organization_id, id } = workload
    publish({ organization_id, kind: 'workload.created', subject: { type: 'workload', id }, stale: [listWorkloads] })
    return workload
  }

  return {
    async list(caller: Caller, query: Input<typeof listWorkloads>['query']): Promise<Output<typeof listWorkloads>> {
      const limit = query.limit ?? 50
      const rows = await store.listWorkloads(db, {
        organization_id: caller.organization_id,
        search: query.search === undefined ? undefined : likePattern(query.search),
        category: query.category,
        runtime: query.runtime,
        before: fromCursor(query.cursor),
        limit,
      })
      const { items, next_cursor } = toPage(rows, limit)
      return { items: items.map((row) => toWorkload(caller, row)), next_cursor }
    },

    get: async (caller: Caller, id: string): Promise<Workload> => toWorkload(caller, await getRow(db, caller, id)),

    async create(caller: Caller, input: DocumentInput): Promise<Workload> {
      const document = readDocument(input)
      return created(await inTransaction(db, (db) => insert(db, caller, document)))
    },

    async createFromTemplate(
      caller: Caller,
      { template_id, name }: Input<typeof createWorkloadFromTemplate>['body'],
    ): Promise<Workload> {
      const template = await findTemplate(template_id)
      if (!template) throw notFound('template_not_found', 'There is no such template.')
      const workload = await inTransaction(db, async (db) => {
        const chosen = name ?? (await findFreeName(db, caller, template.name))
        return insert(db, caller, documentFrom(template, chosen), { template: template_id })
      })
      return created(workload)
    },

    /** A document that says nothing new makes no new version. */
    async update(caller: Caller, id: string, input: DocumentInput): Promise<Workload> {
      const columns = columnsOf(readDocument(input))
      const { organization_id, user_id: created_by } = caller
      const { before, after } = await inTransaction(db, async (db) => {
        const before = await getRow(db, caller, id, 'workloads.update')
        if (before.document === columns.document) return { before, after: before }
        const now = isoNow(clock)
        const version = before.version + 1
        const isUpdated = await store.updateWorkload(db, organization_id, id, { ...columns, version, updated_at: now })
        if (!isUpdated) throw await nameTaken(db, caller, columns.name)
        await store.insertVersion(db, {
          workload_id: id,
          version,
          document: columns.document,
          created_by,
          created_at: now,
        })
        await audit(db, {
          ...byCaller(caller),
          action: 'workload.updated',
          subject: subjectOf({ id, name: columns.name }),
          details: { version },
        })
        return { before, after: await getRow(db, caller, id) }
      })
      if (after.version !== before.version) {
        const stale = [
          listWorkloads,
          { operation: getWorkload, id },
          ...(after.name === before.name ? [] : [listInstances]),
        ]
        publish({ organization_id, kind: 'workload.updated', subject: { type: 'workload', id }, stale })
      }
      return toWorkload(caller, after)
    },

    async remove(caller: Caller, id: string): Promise<void> {
      const { organization_id } = caller
      await inTransaction(db, async (db) => {
        const { name, instance_count } = await getRow(db, caller, id, 'workloads.delete')
        const count = Number(instance_count ?? 0)
        if (count > 0) {
          const who = count === 1 ? 'One server uses' : `${count} servers use`
          throw conflict('workload_in_use', `${who} ${name}. Delete ${count === 1 ? 'it' : 'them'} first.`)
        }
        await store.deleteWorkload(db, organization_id, id)
        await audit(db, { ...byCaller(caller), action: 'workload.deleted', subject: subjectOf({ id, name }) })
      })
      const stale = [listWorkloads, { operation: getWorkload, id }]
      publish({ organization_id, kind: 'workload.deleted', subject: { type: 'workload', id }, stale })
    },

    async export(caller: Caller, id: string, format: 'yaml' | 'json'): Promise<{ file: string; text: string }> {
      const { name, document } = toWorkload(caller, await getRow(db, caller, id))
      return { file: fileName(name, format), text: writeSource(document, format) }
    },
  }
}
export type WorkloadsService = ReturnType<typeof createWorkloadsService>
