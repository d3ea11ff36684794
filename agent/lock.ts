import fs from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { identify, isAlive, type ProcessIdentity } from './runtimes/process-table.ts'
import { isMissing, readJsonSync } from './state.ts'

const isIdentity = (value: unknown): value is ProcessIdentity =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  'start' in value &&
  typeof value.pid === 'number' &&
  typeof value.start === 'string'

const same = (a: ProcessIdentity, b: unknown) => isIdentity(b) && a.pid === b.pid && a.start === b.start

/** Two that find the same leftover lock at once write over each other within this time. */
const SETTLE_MS = 100

/** One agent for a data folder. Answers what releases it, or undefined while another living process holds it. */
export async function takeLock(file: string): Promise<(() => void) | undefined> {
  const me = identify(process.pid)
  if (!me) throw new Error('This process cannot be told from others on this system.')
  try {
    fs.writeFileSync(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 })
  } catch {
    const holder = readJsonSync(file)
    if (isIdentity(holder) && !same(holder, me) && isAlive(holder)) return undefined
    // Its holder was killed. The last of several that take it over keeps it.
    const temporary = `${file}.${process.pid}`
    fs.writeFileSync(temporary, JSON.stringify(me), { mode: 0o600 })
    fs.renameSync(temporary, file)
    await wait(SETTLE_MS)
  }
  if (!same(me, readJsonSync(file))) return undefined
  return () => {
    try {
      if (same(me, readJsonSync(file))) fs.unlinkSync(file)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
}
