import { createHash } from 'node:crypto'
import type { Challenges } from '#server/challenges'
import { type Clock, isoNow } from '#server/clock'
import { newSecret } from '#server/ids'
import * as store from './store.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const shown = (row: Pick<store.ChallengesTable, 'user_id' | 'data' | 'ip'>) => ({
  user_id: row.user_id,
  data: JSON.parse(row.data) as Record<string, unknown>,
  ip: row.ip,
})

export function createChallenges(clock: Clock): Challenges {
  return {
    async begin(db, { kind, user_id, data = {}, ip = null, lifeMs }) {
      const token = newSecret()
      await store.insertChallenge(db, {
        token_hash: sha256(token),
        kind,
        user_id,
        data: JSON.stringify(data),
        ip,
        created_at: isoNow(clock),
        expires_at: new Date(clock.now() + lifeMs).toISOString(),
      })
      return token
    },
    async find(db, kind, token) {
      const row = await store.findChallenge(db, kind, sha256(token), isoNow(clock))
      return row && shown(row)
    },
    async take(db, kind, token) {
      const row = await store.takeChallenge(db, kind, sha256(token), isoNow(clock))
      return row && shown(row)
    },
    async miss(db, kind, token, allowed) {
      await store.missChallenge(db, kind, sha256(token), allowed)
    },
    async end(db, userId, kind) {
      await store.deleteChallenges(db, userId, kind)
    },
  }
}
