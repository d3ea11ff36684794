import type { Logger } from 'pino'
import type { LogSettings } from '#contract/admin'
import type { Db } from '#server/db/schema'
import { listenToLog } from '#server/log'
import { auditMessage, logMessage } from '#server/syslog/message'
import type { Syslog } from '#server/syslog/sender'
import * as store from './store.ts'

const MAX_PENDING = 10_000
const BATCH = 500

/**
 * Hands the audit log, and if wanted the server's own log, to a syslog server. Rows are noted when they are written and read again
 * on the connection of everybody, which waits for the transaction under way: one that was undone is not told.
 */
export function createForwarding({ db, log, syslog }: { db: Db; log: Logger; syslog: Syslog }) {
  let isOn = false
  let stopListening = () => {}
  const pending: string[] = []
  let flushing: Promise<void> | undefined

  async function flush(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (pending.length > 0) {
      for (const row of await store.listAuditByIds(db, pending.splice(0, BATCH))) {
        syslog.send('audit', auditMessage(row))
      }
    }
  }

  return {
    auditWritten(id: string): void {
      if (!isOn) return
      if (pending.length >= MAX_PENDING) return syslog.noteDropped()
      pending.push(id)
      flushing ??= flush()
        .catch((error: unknown) => log.error({ err: error }, 'audit rows could not be forwarded'))
        .finally(() => (flushing = undefined))
    },
    apply(target: LogSettings['syslog']): void {
      isOn = target.enabled
      stopListening()
      stopListening =
        isOn && target.content === 'all' ? listenToLog(log, (line) => syslog.send('log', logMessage(line))) : () => {}
      syslog.configure(isOn ? target : undefined)
    },
    state: syslog.state,
    async close(): Promise<void> {
      await flushing
      stopListening()
      await syslog.close()
    },
  }
}
export type Forwarding = ReturnType<typeof createForwarding>
