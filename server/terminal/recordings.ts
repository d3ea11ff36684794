import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TerminalSession } from '#contract/terminal'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Log } from '#server/log'
import * as store from './store.ts'

const KEPT_DAYS = 90
const DAY = 24 * 3600_000

type Node = { id: string; name: string }
type Deps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  folder: string
  /** A machine that the caller sees; throws for others. */
  findNode: (caller: Caller, id: string) => Promise<Node>
  /** Whether a session goes on, or begins. */
  isOpen: (id: string) => boolean
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'
const absent = () => notFound('recording_not_found', 'There is no recording of this session.')

/** Who was in terminals on machines, and what was recorded there. */
export function createTerminalRecordings({ db, clock, log, audit, folder, findNode, isOpen }: Deps) {
  const remove = (file: string) => rm(join(folder, file), { force: true })

  /** Deletes files that no session names. */
  async function sweep(): Promise<void> {
    const files = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw error
    })
    const known = new Set((await store.listRecordings(db)).map(({ recording_file }) => recording_file))
    for (const file of files) {
      if (file.endsWith('.cast') && !known.has(file) && !isOpen(file.slice(0, -5))) await remove(file)
    }
  }

  return {
    async list(caller: Caller, nodeId: string, { cursor, limit = 50 }: { cursor?: string; limit?: number }) {
      const node = await findNode(caller, nodeId)
      const rows = await store.listSessions(db, { node_id: node.id, before: fromCursor(cursor), limit })
      return toPage<TerminalSession>(rows, limit)
    },

    async read(caller: Caller, nodeId: string, id: string): Promise<{ stream: Readable; bytes: number; name: string }> {
      const node = await findNode(caller, nodeId)
      const found = await store.findRecording(db, node.id, id)
      if (!found?.recording_file) throw absent()
      const handle = await open(join(folder, found.recording_file)).catch((error: unknown) => {
        if (isMissing(error)) throw absent()
        throw error
      })
      const { size } = await handle.stat()
      await audit(db, {
        ...byCaller(caller),
        action: 'terminal.recording_viewed',
        subject: { type: 'node', id: node.id, name: node.name },
        details: { session_id: id, email: found.email },
      })
      return { stream: handle.createReadStream(), bytes: size, name: found.recording_file }
    },

    async remove(caller: Caller, nodeId: string, id: string): Promise<void> {
      const node = await findNode(caller, nodeId)
      const found = await store.findRecording(db, node.id, id)
      if (!found?.recording_file) throw absent()
      await inTransaction(db, async (db) => {
        await store.forgetRecording(db, id)
        await audit(db, {
          ...byCaller(caller),
          action: 'terminal.recording_deleted',
          subject: { type: 'node', id: node.id, name: node.name },
          details: { session_id: id, email: found.email },
        })
      })
      await remove(found.recording_file)
    },

    sweep: () =>
      sweep().catch((error: unknown) => log.error({ err: error }, 'recordings of terminals were not tidied')),
    /** A job. */
    async forgetOld(): Promise<void> {
      await store.deleteEndedBefore(db, new Date(clock.now() - KEPT_DAYS * DAY).toISOString())
      await sweep()
    },
  }
}
export type TerminalRecordings = ReturnType<typeof createTerminalRecordings>
