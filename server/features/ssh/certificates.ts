import type { Input, Output } from '#contract/operation'
import type { listCertificates, SshCertificate } from '#contract/ssh'
import { type Clock, isoNow } from '#server/clock'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { conflict, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { missing } from '#server/http/rights'
import type { Revoking } from './revoking.ts'
import * as store from './store.ts'

/** Certificates as people see them: one's own, and with members.view everybody's. */
export function createCertificates({ db, clock, revoking }: { db: Db; clock: Clock; revoking: Revoking }) {
  function view(row: store.CertificateRow): SshCertificate {
    const list = (text: string) => JSON.parse(text) as string[]
    return {
      ...row,
      state: row.revoked_at !== null ? 'revoked' : Date.parse(row.valid_before) <= clock.now() ? 'expired' : 'valid',
      principals: list(row.principals),
      extensions: list(row.extensions),
      source_addresses: list(row.source_addresses),
    }
  }

  const seesAll = (caller: Caller) => caller.everywhere.has('members.view')

  async function get(caller: Caller, id: string): Promise<SshCertificate> {
    const row = await store.findCertificate(db, caller.organization_id, id)
    if (!row || (row.user_id !== caller.user_id && !seesAll(caller))) {
      throw notFound('ssh_certificate_not_found', 'There is no such certificate.')
    }
    return view(row)
  }

  return {
    get,

    async list(
      caller: Caller,
      { cursor, limit = 50, state, node_id, mine = false }: Input<typeof listCertificates>['query'],
    ): Promise<Output<typeof listCertificates>> {
      const rows = await store.listCertificates(db, {
        organization_id: caller.organization_id,
        user_id: mine || !seesAll(caller) ? caller.user_id : undefined,
        node_id,
        state,
        now: isoNow(clock),
        before: fromCursor(cursor),
        limit,
      })
      const { items, next_cursor } = toPage(rows, limit)
      return { items: items.map(view), next_cursor }
    },

    /** One's own; others' by whoever may change members. Once more changes nothing. */
    async revoke(caller: Caller, id: string, reason: string | undefined): Promise<SshCertificate> {
      const before = await get(caller, id)
      const isOwn = before.user_id === caller.user_id
      if (!isOwn && !caller.everywhere.has('members.update')) throw missing('members.update')
      if (before.state === 'expired') throw conflict('ssh_certificate_expired', 'This certificate is over by itself.')
      if (before.state === 'valid') await revoking.byPerson(caller, id, reason?.trim() || null)
      return get(caller, id)
    },
  }
}
export type Certificates = ReturnType<typeof createCertificates>
