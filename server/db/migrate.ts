import type { Database } from 'better-sqlite3'
import { core } from './migrations/001-core.ts'
import { identity } from './migrations/002-identity.ts'
import { machines } from './migrations/003-machines.ts'

type Migration = { readonly version: number; readonly name: string; readonly statements: readonly string[] }
export const migrations: readonly Migration[] = [core, identity, machines]

export class NewerSchemaError extends Error {}

/**
 * Brings a database up to date. Before it changes a database that holds data it writes a copy beside it, named after
 * the version. Each migration is one transaction, so that a kill in the middle leaves the version before it.
 */
export function migrate(database: Database, todo: readonly Migration[] = migrations): void {
  const have = database.pragma('user_version', { simple: true }) as number
  const newest = todo.at(-1)?.version ?? 0
  if (have > newest) {
    throw new NewerSchemaError(
      `The database was written by a newer version of Shardlyn (schema ${have}; this one knows ${newest}). Install that version, or restore a backup.`,
    )
  }
  if (have > 0 && have < newest && !database.memory) {
    database.prepare('vacuum into ?').run(`${database.name}.before-${newest}-${Date.now()}.bak`)
  }
  for (const migration of todo.filter(({ version }) => version > have)) {
    database.transaction(() => {
      for (const statement of migration.statements) database.exec(statement)
      database.pragma(`user_version = ${migration.version}`)
    })()
  }
}
