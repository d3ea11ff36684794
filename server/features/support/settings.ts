import { createHmac } from 'node:crypto'
import type { Output } from '#contract/operation'
import { getSupportSettings, type updateSupportSettings } from '#contract/support'
import type { Input } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { hasSecret, readSecret, readSetting, writeSecret, writeSetting } from '#server/db/settings'
import { notFound } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'

const SETTINGS = 'support'
const SECRET = 'helpscout.secret'
type Settings = { email: string | null; helpscout_beacon_id: string }
const defaults: Settings = { email: null, helpscout_beacon_id: '' }

type Deps = { db: Db; clock: Clock; seal: Seal; audit: Audit; publish: Publish }

/** Where messages go, and the HelpScout Beacon. */
export function createSupportSettings({ db, clock, seal, audit, publish }: Deps) {
  const read = (db: Db) => readSetting(db, SETTINGS, defaults)
  const answer = async (): Promise<Output<typeof getSupportSettings>> => ({
    ...(await read(db)),
    has_helpscout_secret: await hasSecret(db, SECRET),
  })

  return {
    email: async () => (await read(db)).email,
    getSettings: answer,
    async updateSettings(
      caller: Caller,
      { helpscout_secret, ...change }: Input<typeof updateSupportSettings>['body'],
    ): Promise<Output<typeof getSupportSettings>> {
      await inTransaction(db, async (db) => {
        const before = await read(db)
        const after = { ...before, ...change }
        await writeSetting(db, SETTINGS, after, isoNow(clock))
        if (helpscout_secret !== undefined) await writeSecret(db, seal, SECRET, helpscout_secret)
        await audit(db, {
          ...byCaller(caller),
          action: 'support_settings.updated',
          subject: { type: 'settings', id: null, name: 'support' },
          details: {
            ...after,
            helpscout_secret: helpscout_secret === undefined ? 'kept' : helpscout_secret ? 'set' : 'removed',
          },
        })
      })
      publish({
        organization_id: caller.organization_id,
        kind: 'support_settings.updated',
        stale: [getSupportSettings],
      })
      return answer()
    },

    /** Proves to HelpScout that the address in its widget is the one who is signed in here. */
    async sign({ email }: Caller) {
      const { helpscout_beacon_id: beacon_id } = await read(db)
      const secret = await readSecret(db, seal, SECRET)
      if (!secret || beacon_id === '') {
        throw notFound('helpscout_not_set_up', 'HelpScout is not set up. An administrator enters the Beacon first.')
      }
      return { email, beacon_id, signature: createHmac('sha256', secret).update(email).digest('hex') }
    },
  }
}
