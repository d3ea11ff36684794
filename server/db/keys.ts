import { randomBytes } from 'node:crypto'
import { mkdirSync, openSync, readFileSync, writeSync, fsyncSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from './schema.ts'
import type { Seal } from './seal.ts'

/** The master key of a headless server: 32 bytes in a file that only its owner reads. The desktop hands in its own. */
export function readMasterKey(dataDir: string): Buffer {
  const file = join(dataDir, 'master.key')
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
