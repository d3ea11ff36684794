import type { Audit } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import { conflict } from '#server/errors'
import { newId } from '#server/ids'
import * as store from './store.ts'

/** `Ana's friends` becomes `ana-s-friends`; what has no letter of ours becomes `organization`. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32)
    .replace(/-+$/, '')
  return slug.length < 2 ? `organization${slug && `-${slug}`}` : slug
}

export const slugTaken = () =>
  conflict('slug_taken', 'Another organization has this short name already. Choose another one.')

type Deps = { clock: Clock; audit: Audit }
type New = { name: string; slug?: string | undefined; ip?: string }

/** A new organization with its owner; answers its id. A slug that is not asked for gives way to one that is taken. */
export async function makeOrganization(
  db: Db,
  { clock, audit }: Deps,
  owner: { id: string; email: string },
  { slug, ip, ...input }: New,
): Promise<string> {
  const id = newId(clock.now())
  const now = isoNow(clock)
  const name = input.name.trim()
  const row = { id, name, created_at: now, updated_at: now }
  const base = slug ?? slugOf(name)
  const made =
    (await store.insertOrganization(db, { ...row, slug: base })) ??
    (slug === undefined && (await store.insertOrganization(db, { ...row, slug: `${base}-${id.slice(-6)}` })))
  if (!made) throw slugTaken()
  await store.insertMember(db, { organization_id: id, user_id: owner.id, role: 'owner', created_at: now })
  await audit(db, {
    organization_id: id,
    actor: { type: 'user', id: owner.id, name: owner.email },
    action: 'organization.created',
    subject: { type: 'organization', id, name },
    ip: ip ?? null,
  })
  return id
}
