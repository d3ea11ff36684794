import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const MAX_KEYS = 10

/** The public halves of the keys by which sshd proves that it is this machine, without their comments. */
export function readHostKeys(folder: string): string[] {
  return globSync(path.join(folder, 'ssh_host_*_key.pub'))
    .sort()
    .flatMap((file) => {
      try {
        const [type, blob] = readFileSync(file, 'utf8').trim().split(/\s+/)
        return type && blob ? [`${type} ${blob}`] : []
      } catch {
        return []
      }
    })
    .slice(0, MAX_KEYS)
}
