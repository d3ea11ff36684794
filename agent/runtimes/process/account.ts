import fs from 'node:fs'

export type Account = { uid: number; gid: number }

/** The account that a spec names as `name`, `name:group`, `uid` or `uid:gid`; undefined when there is none. */
export function findAccount(user: string, passwd = '/etc/passwd', group = '/etc/group'): Account | undefined {
  const [name = '', groupName] = user.split(':')
  const entry = readEntries(passwd).find((fields) => fields[0] === name || fields[2] === name)
  const uid = entry ? Number(entry[2]) : /^\d+$/.test(name) ? Number(name) : undefined
  if (uid === undefined) return undefined
  if (groupName === undefined) return { uid, gid: entry ? Number(entry[3]) : uid }
  const groupEntry = readEntries(group).find((fields) => fields[0] === groupName || fields[2] === groupName)
  const gid = groupEntry ? Number(groupEntry[2]) : /^\d+$/.test(groupName) ? Number(groupName) : undefined
  return gid === undefined ? undefined : { uid, gid }
}

function readEntries(file: string): string[][] {
  try {
    return fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}
