import fs from 'node:fs/promises'

const MAX = 4 * 1024 * 1024

/** Names by number, from a file such as /etc/passwd; read again when it has changed. */
function namesIn(file: string) {
  let names = new Map<number, string>()
  let version = -1
  return async (): Promise<ReadonlyMap<number, string>> => {
    const stats = await fs.stat(file).catch(() => undefined)
    if (!stats || stats.size > MAX || stats.mtimeMs === version) return names
    names = new Map()
    version = stats.mtimeMs
    for (const line of (await fs.readFile(file, 'utf8').catch(() => '')).split('\n')) {
      const [name, , id] = line.split(':')
      if (name && id !== undefined && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name)
    }
    return names
  }
}

const users = namesIn('/etc/passwd')
const groups = namesIn('/etc/group')

/** Who owns something, by name where this machine has one. */
export async function accountNames() {
  const [user, group] = await Promise.all([users(), groups()])
  return {
    owner: (uid: bigint) => user.get(Number(uid)) ?? String(uid),
    group: (gid: bigint) => group.get(Number(gid)) ?? String(gid),
  }
}
