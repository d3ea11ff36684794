import type { WorkloadDocument } from '#contract/workload'
import type { Db } from '#server/db/schema'
import * as store from './store.ts'

const KEPT = 500

export type DocumentRef = { workload_id: string; workload_version: number }
export type DocumentOf = (ref: DocumentRef) => WorkloadDocument

const keyOf = ({ workload_id, workload_version }: DocumentRef) => `${workload_id}@${workload_version}`

/** The documents that servers run. A version never changes, so each is parsed once and kept, the last used the longest. */
export function createDocuments() {
  const kept = new Map<string, WorkloadDocument>()

  return async (db: Db, refs: readonly DocumentRef[]): Promise<DocumentOf> => {
    const wanted = new Map<string, WorkloadDocument>()
    const missing: DocumentRef[] = []
    for (const ref of refs) {
      const key = keyOf(ref)
      const document = kept.get(key)
      if (document) {
        kept.delete(key)
        kept.set(key, document)
        wanted.set(key, document)
      } else missing.push(ref)
    }
    if (missing.length > 0) {
      const ids = [...new Set(missing.map(({ workload_id }) => workload_id))]
      const versions = [...new Set(missing.map(({ workload_version }) => workload_version))]
      for (const row of await store.listDocuments(db, ids, versions)) {
        const key = keyOf({ workload_id: row.workload_id, workload_version: row.version })
        const document = JSON.parse(row.document) as WorkloadDocument
        wanted.set(key, document)
        kept.set(key, document)
      }
      for (const key of kept.keys()) {
        if (kept.size <= KEPT) break
        kept.delete(key)
      }
    }
    return (ref) => {
      const document = wanted.get(keyOf(ref))
      if (!document) throw new Error(`Workload ${ref.workload_id} has no version ${ref.workload_version}.`)
      return document
    }
  }
}
export type Documents = ReturnType<typeof createDocuments>
