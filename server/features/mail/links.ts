import type { WaitingLink } from '#contract/mail'
import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { newId } from '#server/ids'
import type { Mail } from '#server/mail'
import * as store from './store.ts'

const placeOf = (id: string) => `waiting_links/${id}/sealed_link`
/** More than anybody hands out by hand. */
const MAX_LISTED = 500

/** Links that no mail carries, sealed: each opens an account or an organization to whoever has it. */
export function createWaitingLinks({ db, clock, seal }: { db: Db; clock: Clock; seal: Seal }) {
  return {
    async keepLink(db, { link, ...fields }) {
      const id = newId(clock.now())
      // Somebody who asks again and again has one link waiting. Invitations can be to several organizations.
      if (fields.kind === 'password_reset') await store.deleteLinksTo(db, fields.kind, fields.email)
      await store.insertLink(db, {
        ...fields,
        id,
        sealed_link: seal.seal(placeOf(id), link),
        created_at: isoNow(clock),
      })
    },
    async forgetLink(db, token_hash) {
      await store.deleteLink(db, token_hash)
    },
    async listLinks(): Promise<{ items: WaitingLink[]; next_cursor: null }> {
      const rows = await store.listLinks(db, isoNow(clock), MAX_LISTED)
      const items = rows.map(({ sealed_link, ...row }) => ({ ...row, link: seal.open(placeOf(row.id), sealed_link) }))
      return { items, next_cursor: null }
    },
    forgetExpiredLinks: () => store.deleteExpiredLinks(db, isoNow(clock)),
  } satisfies Pick<Mail, 'keepLink' | 'forgetLink'> & Record<string, unknown>
}
