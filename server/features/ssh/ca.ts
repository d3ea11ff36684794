import type { SshCaKey } from '#contract/ssh'
import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { newId } from '#server/ids'
import { type CaKey, newCaKey, openCaKey } from '#server/ssh/ca-key'
import * as store from './store.ts'

const placeOf = (id: string) => `ssh_ca_keys/${id}/sealed_private_key`

/** The keys that sign certificates: sealed at rest, opened once. */
export function createCa({ clock, seal }: { clock: Clock; seal: Seal }) {
  const opened = new Map<string, CaKey>()

  async function make(db: Db, state: 'active' | 'next'): Promise<string | undefined> {
    const { secret, public_key, fingerprint } = newCaKey()
    const id = newId(clock.now())
    const now = isoNow(clock)
    const row = {
      id,
      state,
      public_key,
      fingerprint,
      sealed_private_key: seal.seal(placeOf(id), secret),
      created_at: now,
      activated_at: state === 'active' ? now : null,
      retiring_at: null,
      retired_at: null,
    } satisfies store.CaKeyRow
    return (await store.insertCaKey(db, row))?.id
  }

  /** The first key is made when one is needed first; of many at once one is kept. */
  async function activeRow(db: Db): Promise<store.CaKeyRow> {
    const row = await store.findCaKey(db, 'active')
    if (row) return row
    await make(db, 'active')
    const made = await store.findCaKey(db, 'active')
    if (!made) throw new Error('No SSH CA key could be made.')
    return made
  }

  return {
    activeRow,
    makeNext: (db: Db) => make(db, 'next'),
    /** The key that signs now. */
    async active(db: Db): Promise<{ id: string; key: CaKey }> {
      const { id, sealed_private_key } = await activeRow(db)
      let key = opened.get(id)
      if (!key) {
        key = openCaKey(seal.open(placeOf(id), sealed_private_key))
        opened.set(id, key)
      }
      return { id, key }
    },
    /** What machines are to trust, the active one first. */
    async trusted(db: Db): Promise<Pick<SshCaKey, 'id' | 'state' | 'public_key' | 'fingerprint'>[]> {
      await activeRow(db)
      return store.listTrusted(db)
    },
    /** Keys that sign no more need not stay in memory. */
    forgetOthers(id: string) {
      for (const known of opened.keys()) if (known !== id) opened.delete(known)
    },
  }
}
export type Ca = ReturnType<typeof createCa>
