import type { Output } from '#contract/operation'
import { listCaKeys, type SshCaKey } from '#contract/ssh'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { Ca } from './ca.ts'
import * as store from './store.ts'
import type { Trust } from './trust.ts'

const MAX_NODES_SHOWN = 200

type Deps = { db: Db; clock: Clock; audit: Audit; publish: Publish; ca: Ca; trust: Trust }
type Standing = Awaited<ReturnType<Trust['standing']>>

/** The keys of the CA, for platform administrators: each is next, then active, then retiring, then retired. */
export function createCaKeys({ db, clock, audit, publish, ca, trust }: Deps) {
  async function view(nodes: Standing): Promise<SshCaKey[]> {
    const managed = nodes.filter(({ ssh }) => ssh.is_managed)
    return (await store.listCaKeys(db, isoNow(clock))).map((row) => ({
      ...row,
      certificates_valid: row.certificates_valid ?? 0,
      nodes_trusting: managed.filter(({ ssh }) => ssh.ca_fingerprints?.includes(row.fingerprint)).length,
      nodes_total: managed.length,
    }))
  }

  async function show(id: string): Promise<SshCaKey> {
    const key = (await view(await trust.standing())).find((key) => key.id === id)
    if (!key) throw new Error(`The CA key ${id} is gone.`)
    return key
  }

  async function note(db: Db, caller: Caller, action: string, id: string, details: object) {
    await audit(db, {
      ...byCaller(caller),
      organization_id: null,
      action,
      subject: { type: 'ssh_ca_key', id, name: null },
      details,
    })
  }

  async function changed(organization_id: string) {
    trust.pushAll()
    publish({ organization_id, kind: 'ssh_ca_key.changed', stale: [listCaKeys] })
  }

  return {
    async list(): Promise<Output<typeof listCaKeys>> {
      await ca.activeRow(db)
      const nodes = await trust.standing()
      return {
        items: await view(nodes),
        next_cursor: null,
        krl_version: await store.krlVersion(db),
        nodes: nodes.slice(0, MAX_NODES_SHOWN).map(({ node_id, node_name, is_current, ssh }) => ({
          node_id,
          node_name,
          is_managed: ssh.is_managed,
          is_current,
          krl_version: ssh.krl_version,
          problem: ssh.problem,
        })),
      }
    },

    async publicKeys(): Promise<string> {
      return (await ca.trusted(db)).map(({ public_key }) => `${public_key} Shardlyn CA\n`).join('')
    },

    async create(caller: Caller): Promise<SshCaKey> {
      const id = await inTransaction(db, async (db) => {
        await ca.activeRow(db)
        const id = await ca.makeNext(db)
        if (id === undefined) {
          throw conflict('next_ca_key_exists', 'There is a next key already. Rotate to it before you make another.')
        }
        await note(db, caller, 'ssh_ca_key.created', id, { state: 'next' })
        return id
      })
      await changed(caller.organization_id)
      return show(id)
    },

    /** Answers the key that signs from now on. */
    async rotate(caller: Caller, force: boolean): Promise<SshCaKey> {
      const nodes = await trust.standing()
      const id = await inTransaction(db, async (db) => {
        const active = await ca.activeRow(db)
        const next = await store.findCaKey(db, 'next')
        if (!next) {
          throw conflict(
            'no_next_ca_key',
            'There is no next key. Make one first, so that machines can learn to trust it.',
          )
        }
        const without = nodes.filter(
          ({ ssh, is_connected }) => is_connected && ssh.is_managed && !ssh.ca_fingerprints?.includes(next.fingerprint),
        )
        if (without.length > 0 && !force) {
          const names = without.slice(0, 5).map(({ node_name }) => node_name)
          const more = without.length > names.length ? ` and ${without.length - names.length} more` : ''
          throw conflict(
            'nodes_do_not_trust_yet',
            `These machines do not trust the next key yet: ${names.join(', ')}${more}. Wait, mend them, or rotate all the same.`,
          )
        }
        const now = isoNow(clock)
        await store.updateCaKey(db, active.id, { state: 'retiring', retiring_at: now })
        await store.updateCaKey(db, next.id, { state: 'active', activated_at: now })
        await note(db, caller, 'ssh_ca_key.rotated', next.id, { from: active.id, to: next.id, force })
        return next.id
      })
      ca.forgetOthers(id)
      await changed(caller.organization_id)
      return show(id)
    },

    /** A key whose certificates are all over is trusted no more. */
    async retire(): Promise<void> {
      const retired = await inTransaction(db, async (db) => {
        const retired = await store.retireKeys(db, isoNow(clock))
        for (const { id, fingerprint } of retired) {
          await audit(db, {
            organization_id: null,
            actor: { type: 'system', id: null, name: null },
            action: 'ssh_ca_key.retired',
            subject: { type: 'ssh_ca_key', id, name: null },
            details: { fingerprint },
          })
        }
        return retired
      })
      if (retired.length > 0) trust.pushAll()
    },
  }
}
export type CaKeys = ReturnType<typeof createCaKeys>
