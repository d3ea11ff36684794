import { type Permission, type Role, rolePermissions } from '#contract/permissions'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Caller } from '#server/http/caller'
import type { AccessTokens } from './access-tokens.ts'
import * as store from './store.ts'

const FRESH_MS = 5000
const MAX_CACHED = 5000
const none: ReadonlySet<Permission> = new Set()
const sets = {
  owner: new Set(rolePermissions.owner),
  admin: new Set(rolePermissions.admin),
  user: new Set(rolePermissions.user),
} satisfies Record<Role, ReadonlySet<Permission>>

/** Turns a session into a caller. Remembered for a few seconds, and forgotten at once when something about it changes. */
export function createPrincipals(db: Db, clock: Clock, tokens: AccessTokens) {
  const cache = new Map<string, { caller: Caller; at: number }>()

  async function bySession(sessionId: string, organizationId?: string): Promise<Caller | undefined> {
    const key = `${sessionId} ${organizationId ?? ''}`
    const cached = cache.get(key)
    if (cached && clock.now() - cached.at < FRESH_MS) return cached.caller
    const found = await store.findPrincipal(db, sessionId, organizationId)
    if (!found) {
      cache.delete(key)
      return undefined
    }
    const caller: Caller = {
      user_id: found.user_id,
      email: found.email,
      session_id: sessionId,
      platform_role: found.platform_role,
      organization_id: found.organization_id ?? '',
      role: found.role,
      permissions: found.role ? sets[found.role] : none,
      ip: '',
    }
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(key, { caller, at: clock.now() })
    return caller
  }

  return {
    bySession,
    async byAccessToken(token: string, organizationId: string | undefined): Promise<Caller | undefined> {
      const claims = tokens.read(token)
      return claims && bySession(claims.session_id, organizationId)
    },
    /** After a sign-out, a suspension, or a change of role. */
    forget: () => cache.clear(),
  }
}
export type Principals = ReturnType<typeof createPrincipals>
