import { conflict } from '#server/errors'
import type { InstanceRow } from './store.ts'

/** Refuses what cannot be done with a server that is being deleted or moved. */
export function requireStill({ name, deleting_at, migration_id }: InstanceRow): void {
  if (deleting_at !== null) throw conflict('instance_deleting', `${name} is being deleted.`)
  if (migration_id !== null) {
    throw conflict(
      'instance_migrating',
      `${name} is being moved to another machine. Wait until that is done, or cancel it.`,
    )
  }
}
