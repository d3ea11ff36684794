import { stringify } from 'csv-stringify/sync'
import { auditColumns, type AuditQuery } from '#server/db/audit-query'
import type { Db } from '#server/db/schema'
import * as store from './store.ts'

const PAGE_ROWS = 1000

export const formats = {
  csv: {
    type: 'text/csv; charset=utf-8',
    head: `${auditColumns.join(',')}\n`,
    // What a spreadsheet would run as a formula gets an apostrophe in front, and stays text.
    write: (rows: store.AuditRow[]) => stringify(rows, { columns: [...auditColumns], escape_formulas: true }),
  },
  ndjson: {
    type: 'application/x-ndjson',
    head: '',
    write: (rows: store.AuditRow[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  },
} as const
export type ExportFormat = keyof typeof formats

/**
 * The audit log as text, oldest row first, a page at a time: the next page is read when the one before has been taken, so its
 * length costs no memory. The first page is read at once, so that a filter that cannot be read is refused before an answer begins.
 */
export async function exportAudit(db: Db, filter: AuditQuery, format: ExportFormat): Promise<AsyncGenerator<string>> {
  const { head, write } = formats[format]
  const first = await store.nextAudit(db, filter, PAGE_ROWS)
  async function* pages() {
    let page = first
    let text = head
    for (;;) {
      yield text + write(page)
      text = ''
      const last = page.at(-1)
      if (!last || page.length < PAGE_ROWS) return
      page = await store.nextAudit(db, { ...filter, after: last.id }, PAGE_ROWS)
      if (page.length === 0) return
    }
  }
  return pages()
}
