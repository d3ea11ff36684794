import { createHash } from 'node:crypto'
import type { registerAgent } from '#contract/agent'
import { getNode, listNodes } from '#contract/nodes'
import type { Input } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { forbidden } from '#server/errors'
import type { Publish } from '#server/events'
import type { AgentCaller, Caller } from '#server/http/caller'
import { newId, newSecret } from '#server/ids'
import { asWords, cleanName, freeName } from './naming.ts'
import * as store from './store.ts'

const HOUR_SECONDS = 3600
const MAX_CACHED = 10_000
/** Where nothing else is asked for: clear of the ports that systems give away by themselves, and with 25565 in it. */
const DEFAULT_PORTS = { port_start: 25_000, port_end: 29_999 }

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  endSession: (nodeId: string, reason: string) => void
}
type TokenInput = { name?: string; labels?: Record<string, string>; expires_in?: number }

/** How machines join: a token that one of them spends once, and gets its own for. Only hashes are kept of both. */
export function createRegistration({ db, clock, audit, publish, endSession }: Deps) {
  const callers = new Map<string, AgentCaller>()

  async function addToken(
    db: Db,
    organization_id: string,
    created_by: string | null,
    input: TokenInput,
    /** Known before it joins, so that whoever asked for the token sees which machine came with it. Null: this machine. */
    node_id: string | null,
  ) {
    const token = newSecret()
    const expires_at = new Date(clock.now() + (input.expires_in ?? HOUR_SECONDS) * 1000).toISOString()
    await store.insertRegisterToken(db, {
      token_hash: sha256(token),
      organization_id,
      name: input.name?.trim() ?? null,
      labels: JSON.stringify(input.labels ?? {}),
      is_local: node_id === null ? 1 : 0,
      created_by,
      created_at: isoNow(clock),
      expires_at,
      used_at: null,
      node_id,
    })
    return { token, expires_at }
  }

  function forget(nodeId: string): void {
    for (const [hash, caller] of callers) if (caller.node_id === nodeId) callers.delete(hash)
  }

  return {
    async createToken(caller: Caller, input: TokenInput) {
      return inTransaction(db, async (db) => {
        const node_id = newId(clock.now())
        const made = await addToken(db, caller.organization_id, caller.user_id, input, node_id)
        await audit(db, {
          ...byCaller(caller),
          action: 'node.token_created',
          subject: { type: 'node', id: null, name: input.name ?? null },
          details: { expires_at: made.expires_at },
        })
        return { ...made, node_id }
      })
    },

    /** For the machine that we run on. */
    createLocalToken: async (organizationId: string, name: string) =>
      (await addToken(db, organizationId, null, { name: cleanName(name) }, null)).token,

    /** Where the machine that we run on belongs; undefined before the first set-up. */
    home: () => store.findHome(db),
    isKnown: async (nodeId: string) => (await store.findNodeBrief(db, nodeId)) !== undefined,

    async register(
      input: Input<typeof registerAgent>['body'],
      ip: string,
    ): Promise<{ node_id: string; agent_token: string }> {
      const agent_token = newSecret()
      const now = isoNow(clock)
      const made = await inTransaction(db, async (db) => {
        const token = await store.spendRegisterToken(db, sha256(input.token), now)
        if (!token) {
          throw forbidden(
            'bad_register_token',
            'This registration token was used already, or has expired. Make a new one and try again.',
          )
        }
        const about = {
          hostname: asWords(input.hostname),
          platform: asWords(input.platform),
          arch: asWords(input.arch),
          agent_version: asWords(input.agent_version),
          token_hash: sha256(agent_token),
        }
        // This machine is one machine, however often its agent begins anew.
        const local = token.is_local ? await store.findLocalNode(db, token.organization_id) : undefined
        const id = local?.id ?? token.node_id ?? newId(clock.now())
        await store.noteTokenNode(db, sha256(input.token), id)
        const noted = (name: string) =>
          audit(db, {
            organization_id: token.organization_id,
            actor: { type: 'agent', id, name },
            action: 'node.registered',
            subject: { type: 'node', id, name },
            ip,
          })
        if (local) {
          await store.updateNode(db, id, { ...about, event_seq: 0 })
          await noted(local.name)
          return { id, organization_id: token.organization_id, isNew: false }
        }
        const taken = new Set((await store.listNames(db, token.organization_id)).map(({ name }) => name))
        const name = freeName(cleanName(token.name ?? input.name ?? input.hostname), taken)
        await store.insertNode(db, {
          ...about,
          ...DEFAULT_PORTS,
          id,
          name,
          organization_id: token.organization_id,
          // Who made the token decides; the machine adds what the token does not name.
          labels: JSON.stringify({ ...input.labels, ...(JSON.parse(token.labels) as Record<string, string>) }),
          is_local: token.is_local,
          created_at: now,
        })
        await noted(name)
        return { id, organization_id: token.organization_id, isNew: true }
      })
      forget(made.id)
      if (!made.isNew) endSession(made.id, 'its agent registered again')
      publish({
        organization_id: made.organization_id,
        kind: made.isNew ? 'node.created' : 'node.updated',
        subject: { type: 'node', id: made.id },
        stale: [listNodes, { operation: getNode, id: made.id }],
      })
      return { node_id: made.id, agent_token }
    },

    async byAgentToken(tokenHash: string): Promise<AgentCaller | undefined> {
      const cached = callers.get(tokenHash)
      if (cached) return cached
      const found = await store.findByTokenHash(db, tokenHash)
      if (!found) return undefined
      if (callers.size >= MAX_CACHED) callers.clear()
      callers.set(tokenHash, found)
      return found
    },

    /** After a machine was deleted or renamed. */
    forget,

    /** Job. Spent and expired tokens say nothing any more; the audit has what happened. */
    forgetOldTokens: () =>
      store.deleteOldRegisterTokens(db, new Date(clock.now() - 7 * 24 * HOUR_SECONDS * 1000).toISOString()),
  }
}
export type Registration = ReturnType<typeof createRegistration>
