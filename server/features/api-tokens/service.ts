import { createHash } from 'node:crypto'
import { API_TOKEN_PREFIX, type ApiToken, type createApiToken } from '#contract/api-tokens'
import type { Input, Output } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, forbidden, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { newId, newSecret } from '#server/ids'
import type { Live } from '#server/live'
import * as store from './store.ts'

export const MAX_TOKENS = 50

type Deps = { db: Db; clock: Clock; audit: Audit; live: Pick<Live, 'endSession'> }

const shown = ({ scopes, ...row }: store.TokenRow): ApiToken => ({
  ...row,
  scopes: scopes === null ? null : (JSON.parse(scopes) as string[]),
})
const subjectOf = ({ id, name }: { id: string; name: string }) => ({ type: 'api_token', id, name })

/** Tokens for programs. Only their hash is kept; what they open is decided at the door, at each use. */
export function createApiTokenService({ db, clock, audit, live }: Deps) {
  let endedUntil = isoNow(clock)

  return {
    list: async ({ user_id }: Caller) => ({
      items: (await store.listTokens(db, user_id)).map(shown),
      next_cursor: null,
    }),

    async create(
      caller: Caller,
      { name, expires_in = null, scopes = null }: Input<typeof createApiToken>['body'],
    ): Promise<Output<typeof createApiToken>> {
      const { user_id, organization_id } = caller
      if (caller.role === null) {
        throw forbidden('no_organization', 'You belong to no organization here. Choose one of yours first.')
      }
      const token = `${API_TOKEN_PREFIX}${newSecret()}`
      const now = clock.now()
      const row = {
        id: newId(now),
        user_id,
        organization_id,
        name: name.trim(),
        token_hash: createHash('sha256').update(token).digest('hex'),
        scopes: scopes === null ? null : JSON.stringify(scopes),
        created_at: new Date(now).toISOString(),
        expires_at: expires_in === null ? null : new Date(now + expires_in * 1000).toISOString(),
      }
      return inTransaction(db, async (db) => {
        if (!(await store.insertToken(db, row, MAX_TOKENS))) {
          throw conflict('too_many_api_tokens', `You have ${MAX_TOKENS} tokens. Delete one that is not used first.`)
        }
        const { expires_at } = row
        const details = { scopes, expires_at }
        await audit(db, { ...byCaller(caller), action: 'api_token.created', subject: subjectOf(row), details })
        return { ...shown(await store.getToken(db, row.id)), token }
      })
    },

    async remove(caller: Caller, id: string): Promise<void> {
      await inTransaction(db, async (db) => {
        const gone = await store.deleteToken(db, caller.user_id, id)
        if (!gone) throw notFound('api_token_not_found', 'You have no such token.')
        const { organization_id } = gone
        await audit(db, {
          ...byCaller(caller),
          organization_id,
          action: 'api_token.deleted',
          subject: subjectOf(gone),
        })
      })
      live.endSession(id)
    },

    /** An expired token is refused at the door; this ends what it has open. */
    async endExpired(): Promise<void> {
      const until = isoNow(clock)
      for (const { id } of await store.listExpired(db, endedUntil, until)) live.endSession(id)
      endedUntil = until
    },
  }
}
export type ApiTokenService = ReturnType<typeof createApiTokenService>
