import type { Db } from './db/schema.ts'
import type { Caller } from './http/caller.ts'

/** One change of state: who, what, which object, from where, outcome. Written in the transaction of the change. */
export type AuditEntry = {
  organization_id: string | null
  actor: { type: 'user' | 'agent' | 'system'; id: string | null; name: string | null }
  action: string
  subject: { type: string; id: string | null; name: string | null }
  ip?: string | null
  outcome?: 'done' | 'refused' | 'failed'
  reason?: string | null
  details?: unknown
  /** When it happened, where that was earlier than now. */
  at?: string
}
export type Audit = (db: Db, entry: AuditEntry) => Promise<void>

/** The actor of an entry, for something that a person did. */
export const byCaller = (caller: Caller) => ({
  organization_id: caller.organization_id || null,
  actor: { type: 'user' as const, id: caller.user_id, name: caller.email },
  ip: caller.ip,
})
