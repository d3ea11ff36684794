import { createHash } from 'node:crypto'
import { API_TOKEN_PREFIX } from '#contract/api-tokens'
import type { Clock } from '#server/clock'
import { listEffects, listShares } from '#server/db/member-rights'
import type { Db } from '#server/db/schema'
import type { Caller } from '#server/http/caller'
import { rightsOf } from '#server/http/rights'
import type { AccessTokens } from './access-tokens.ts'
import * as store from './store.ts'

const FRESH_MS = 5000
const MAX_CACHED = 5000
/** How often a token's last use is written down. */
const TOUCH_MS = 60_000

type Entry = { caller: Caller; at: number; expires: number }

/** Turns a session or an API token into a caller. Remembered for a few seconds, and forgotten at once when something about it changes. */
export function createPrincipals(
  db: Db,
  clock: Clock,
  tokens: AccessTokens,
  /** Whether everybody must have a second factor. */
  requiresMfa: () => Promise<boolean>,
) {
  const cache = new Map<string, Entry>()
  /** Grows when something changed: what was read before it is not remembered after it. */
  let generation = 0

  async function toCaller(
    found: store.Principal,
    credential: Pick<Caller, 'session_id' | 'credential'>,
    scopes: ReadonlySet<string> | null,
  ): Promise<Caller> {
    const { user_id, organization_id, role } = found
    const isMember = organization_id !== null && role !== null
    const rights = rightsOf({
      role,
      scopes,
      isPlatformAdmin: found.platform_role === 'admin',
      effects: isMember ? await listEffects(db, organization_id, user_id) : [],
      shares: isMember ? await listShares(db, organization_id, user_id) : [],
    })
    return {
      ...credential,
      ...rights,
      is_scoped: scopes !== null,
      user_id,
      email: found.email,
      platform_role: found.platform_role,
      organization_id: organization_id ?? '',
      role,
      must_enroll_mfa: !found.mfa_enabled && (await requiresMfa()),
      ip: '',
    }
  }

  const isOver = (expires_at: string | null) => expires_at !== null && Date.parse(expires_at) <= clock.now()
  const scopesOf = ({ scopes }: { scopes: string | null }) =>
    scopes === null ? null : new Set(JSON.parse(scopes) as string[])

  function remember(key: string, caller: Caller, since: number, expires = Number.POSITIVE_INFINITY): Caller {
    if (since !== generation) return caller
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(key, { caller, at: clock.now(), expires })
    return caller
  }
  function recall(key: string): Caller | undefined {
    const entry = cache.get(key)
    if (entry && clock.now() - entry.at < FRESH_MS && entry.expires > clock.now()) return entry.caller
    cache.delete(key)
    return undefined
  }

  async function bySession(sessionId: string, organizationId?: string): Promise<Caller | undefined> {
    const key = `${sessionId} ${organizationId ?? ''}`
    const known = recall(key)
    if (known) return known
    const since = generation
    const found = await store.findPrincipal(db, sessionId, organizationId)
    return found && remember(key, await toCaller(found, { session_id: sessionId, credential: 'session' }, null), since)
  }

  /** Who an open connection of an API token belongs to now. */
  async function byToken({ session_id, organization_id }: Caller): Promise<Caller | undefined> {
    const row = await store.findApiTokenById(db, session_id)
    if (!row || row.suspended_at !== null || isOver(row.expires_at)) return undefined
    const found = await store.findTokenPrincipal(db, session_id, organization_id || undefined)
    return found && toCaller(found, { session_id, credential: 'token' }, scopesOf(row))
  }

  async function byApiToken(token: string, organizationId: string | undefined, ip: string) {
    const hash = createHash('sha256').update(token).digest('hex')
    const key = `${hash} ${organizationId ?? ''}`
    const known = recall(key)
    if (known) return known
    const since = generation
    const row = await store.findApiToken(db, hash)
    if (!row || row.suspended_at !== null || isOver(row.expires_at)) return undefined
    if (row.last_used_ip !== ip || clock.now() - Date.parse(row.last_used_at ?? '') >= TOUCH_MS || !row.last_used_at) {
      await store.touchApiToken(db, row.id, new Date(clock.now()).toISOString(), ip)
    }
    const found = await store.findTokenPrincipal(db, row.id, organizationId)
    if (!found) return undefined
    const caller = await toCaller(found, { session_id: row.id, credential: 'token' }, scopesOf(row))
    return remember(key, caller, since, row.expires_at === null ? undefined : Date.parse(row.expires_at))
  }

  return {
    bySession,
    byToken,
    async byAccessToken(token: string, organizationId: string | undefined, ip: string): Promise<Caller | undefined> {
      if (token.startsWith(API_TOKEN_PREFIX)) return byApiToken(token, organizationId, ip)
      const claims = tokens.read(token)
      return claims && bySession(claims.session_id, organizationId)
    },
    /** After a sign-out, a suspension, or a change of rights. */
    forget() {
      generation++
      cache.clear()
    },
  }
}
export type Principals = ReturnType<typeof createPrincipals>
