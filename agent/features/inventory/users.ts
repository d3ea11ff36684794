import fs from 'node:fs'
import path from 'node:path'
import type { Static } from 'typebox'
import type { SystemUser } from '#contract/inventory'
import { readAccounts } from './accounts.ts'
import { readFolder, readLines, readText } from './read.ts'
import { clean } from './text.ts'

const MAX_USERS = 2000
const MAX_GROUPS = 64
const closed = /\/(?:nologin|false|sync|shutdown|halt)$/
/** One record of utmp on Linux, where the type and the user's name lie in it, and the type of somebody who is logged in. */
const RECORD = 384
const NAME_AT = 44
const NAME_LENGTH = 32
const USER_PROCESS = 7

/** How often each user is logged in: as systemd's login manager has it, else as utmp says. */
export function readSessions(folder = '/run/systemd/sessions', utmp = '/run/utmp'): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const file of readFolder(folder).filter((name) => !name.endsWith('.ref'))) {
    const text = readText(path.join(folder, file), 16_384)
    const name = /^USER=(.+)$/m.exec(text)?.[1]
    if (name && /^CLASS=user/m.test(text) && !/^STATE=closing$/m.test(text)) add(name)
  }
  if (counts.size > 0) return counts
  let records = Buffer.alloc(0)
  try {
    records = fs.readFileSync(utmp)
  } catch {
    // Nobody counts them here.
  }
  for (let at = 0; at + RECORD <= records.length; at += RECORD) {
    if (records.readInt16LE(at) !== USER_PROCESS) continue
    const name = records.subarray(at + NAME_AT, at + NAME_AT + NAME_LENGTH).toString('latin1')
    add(name.split('\0', 1)[0] ?? '')
  }
  return counts
}

/** Who there is on this machine, people before services. */
export function readUsers(): Static<typeof SystemUser>[] {
  const groups = readLines('/etc/group').map((line) => {
    const [name = '', , gid = '', members = ''] = line.split(':')
    return { name: clean(name), gid: Number(gid), members: new Set(members.split(',')) }
  })
  const sessions = readSessions()
  return readAccounts()
    .map((account) => ({
      ...account,
      groups: groups
        .filter(({ gid, members }) => gid === account.gid || members.has(account.name))
        .slice(0, MAX_GROUPS)
        .map(({ name }) => name),
      // No shell at all is /bin/sh.
      can_log_in: !closed.test(account.shell),
      sessions: sessions.get(account.name) ?? 0,
    }))
    .sort((a, b) => Number(b.can_log_in) - Number(a.can_log_in) || a.uid - b.uid)
    .slice(0, MAX_USERS)
}
