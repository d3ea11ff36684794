import { readLines } from './read.ts'
import { clean } from './text.ts'

export type Account = { name: string; uid: number; gid: number; home: string; shell: string }

/** The users of /etc/passwd. None where there is no such file. */
export function readAccounts(file = '/etc/passwd'): Account[] {
  return readLines(file).flatMap((line) => {
    const [name = '', , uid = '', gid = '', , home = '', shell = ''] = line.split(':')
    if (!name || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return []
    return [{ name: clean(name), uid: Number(uid), gid: Number(gid), home: clean(home), shell: clean(shell) }]
  })
}

/** Names by number; the first that bears it, as everywhere else. */
export function userNames(): (uid: number) => string {
  const names = new Map<number, string>()
  for (const { uid, name } of readAccounts()) if (!names.has(uid)) names.set(uid, name)
  return (uid) => names.get(uid) ?? String(uid)
}
