export type Account = { uid: number; gid: number }

/** The account that a spec names as `name`, `name:group`, `uid` or `uid:gid`, by the texts of the two system files. */
export function findAccount(user: string, passwd: string, group: string): Account | undefined {
  const [name = '', groupName] = user.split(':')
  const entry = find(passwd, name)
  const uid = entry ? Number(entry[2]) : numberIn(name)
  if (uid === undefined) return undefined
  if (groupName === undefined) return { uid, gid: entry ? Number(entry[3]) : uid }
  const groupEntry = find(group, groupName)
  const gid = groupEntry ? Number(groupEntry[2]) : numberIn(groupName)
  return gid === undefined ? undefined : { uid, gid }
}

const find = (text: string, name: string) =>
  text
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === name || fields[2] === name)

const numberIn = (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined)
