import { invalid } from '#server/errors'

/** Ids sort by time, so the id of the last row is the cursor; it is opaque to callers. */
export const toCursor = (id: string) => Buffer.from(id).toString('base64url')

export function fromCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!/^[0-9a-z-]{1,64}$/.test(id)) {
    throw invalid('bad_cursor', 'The cursor is not one this server gave. Start again without it.')
  }
  return id
}

/** Queries ask for one row more than the page holds; this cuts it off and makes the cursor. */
export function toPage<R extends { id: string }>(rows: R[], limit: number): { items: R[]; next_cursor: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next_cursor: rows.length > limit && last ? toCursor(last.id) : null }
}

/** For `like ... escape '\'`: what people type has no wildcards. */
export const likePattern = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`
