import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readFileSync, writeSync, fsyncSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import type { Db } from './schema.ts'
import type { Seal } from './seal.ts'

/**
 * The master key of a headless server: 32 bytes in a file that only its owner reads, made at first use. The desktop hands in its
 * own, from the system's keychain; a new key beside its data would make every stored secret unreadable.
 */
export function readMasterKey(dataDir: string): Buffer {
  const file = join(dataDir, 'master.key')
  if (!existsSync(file) && existsSync(join(dataDir, 'shardlyn.db'))) {
    throw new ConfigError([
      `The key to the data in ${dataDir} is not there (master.key). If the desktop app made this data, the key is in this system's keychain: start the desktop app, or choose another folder with --data-dir. Otherwise restore the file from your backup.`,
    ])
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  try {
    const fd = openSync(file, 'wx', 0o600)
    writeSync(fd, randomBytes(32).toString('base64'))
    fsyncSync(fd)
    closeSync(fd)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (key.length !== 32) throw new Error(`${file} does not hold a 32-byte key. Restore it from your backup.`)
  return key
}

/** A named secret of this installation, made at first use and sealed in the database. */
export async function installationSecret(db: Db, seal: Seal, name: string): Promise<string> {
  const place = `sealed/${name}/value`
  await db
    .insertInto('sealed')
    .values({ name, value: seal.seal(place, randomBytes(32).toString('base64url')) })
    .onConflict((on) => on.column('name').doNothing())
    .execute()
  const row = await db.selectFrom('sealed').select('value').where('name', '=', name).executeTakeFirstOrThrow()
  return seal.open(place, row.value)
}
