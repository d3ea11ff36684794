import type { Input } from '#contract/operation'
import type { addSshKey, SshKey } from '#contract/settings'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { readPublicKey } from '#server/ssh/public-key'
import * as store from './store.ts'

export const MAX_KEYS = 50

type Deps = { db: Db; clock: Clock; audit: Audit }

export const shownKey = (row: store.KeyRow): SshKey => ({ ...row, is_default: row.is_default === 1 })

/** The public keys with which a person reaches machines. */
export function createSshKeyService({ db, clock, audit }: Deps) {
  const note = (db: Db, caller: Caller, verb: string, { name, type, fingerprint }: store.KeyRow) =>
    audit(db, {
      ...byCaller(caller),
      action: `ssh_key.${verb}`,
      subject: { type: 'ssh_key', id: null, name },
      details: { type, fingerprint },
    })

  async function whyRefused(db: Db, user_id: string, name: string, fingerprint: string) {
    const same = await store.findByFingerprint(db, user_id, fingerprint)
    if (same) return conflict('key_known', `You have this key already, under the name ${same.name}.`)
    if (await store.findKey(db, user_id, name)) {
      return conflict('key_name_taken', `You have a key named ${name} already. Choose another name.`)
    }
    return conflict('too_many_ssh_keys', `You have ${MAX_KEYS} keys. Remove one that is not used first.`)
  }

  return {
    async add(caller: Caller, { name, public_key }: Input<typeof addSshKey>['body']): Promise<SshKey> {
      const { user_id } = caller
      const { type, bits, public_key: line, fingerprint } = readPublicKey(public_key)
      const key = { type, bits, public_key: line, fingerprint }
      return inTransaction(db, async (db) => {
        const row = await store.insertKey(db, { ...key, user_id, name, created_at: isoNow(clock) }, MAX_KEYS)
        if (!row) throw await whyRefused(db, user_id, name, key.fingerprint)
        await note(db, caller, 'added', row)
        return shownKey(row)
      })
    },

    /** With the default goes its place, to the key that has been there longest. */
    async remove(caller: Caller, name: string): Promise<void> {
      const { user_id } = caller
      await inTransaction(db, async (db) => {
        const gone = await store.deleteKey(db, user_id, name)
        if (!gone) throw notFound('ssh_key_not_found', 'You have no key of this name.')
        const heir = gone.is_default === 1 ? await store.oldestKey(db, user_id) : undefined
        if (heir) await store.setDefault(db, user_id, heir.name)
        await note(db, caller, 'removed', gone)
      })
    },

    async setDefault(caller: Caller, name: string): Promise<SshKey> {
      const { user_id } = caller
      return inTransaction(db, async (db) => {
        const key = await store.findKey(db, user_id, name)
        if (!key) throw notFound('ssh_key_not_found', 'You have no key of this name.')
        if (key.is_default === 1) return shownKey(key)
        await store.setDefault(db, user_id, name)
        await note(db, caller, 'made_default', key)
        return shownKey({ ...key, is_default: 1 })
      })
    },
  }
}
export type SshKeyService = ReturnType<typeof createSshKeyService>
