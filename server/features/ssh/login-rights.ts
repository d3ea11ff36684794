import type { Db } from '#server/db/schema'
import { rightsOf } from '#server/http/rights'
import * as store from './store.ts'

/** Whether somebody may log in to the machines of an organization at this moment, and as root. */
export async function loginRights(db: Db, organization_id: string, user_id: string | null) {
  const member = user_id === null ? undefined : await store.findMember(db, organization_id, user_id)
  if (!member) return { login: false, root: false }
  const { permissions } = rightsOf({ ...member, isPlatformAdmin: false, shares: [], scopes: null })
  const login = permissions.has('nodes.ssh.login')
  return { login, root: login && permissions.has('nodes.ssh.root') }
}
