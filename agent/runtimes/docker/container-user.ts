import { buffer } from 'node:stream/consumers'
import type { Container } from 'dockerode'
import { type Account, findAccount } from '../process/account.ts'

/** Who a container runs as, looked up in the container's own files; undefined for root or when it is not known. */
export async function containerAccount(container: Container, user: string): Promise<Account | undefined> {
  if (user === '' || /^(root|0)(:|$)/.test(user)) return undefined
  const [passwd, group] = await Promise.all(['/etc/passwd', '/etc/group'].map((file) => readFrom(container, file)))
  return findAccount(user, passwd ?? '', group ?? '')
}

/** A small text file of a container, which need not run; empty when it has none. */
async function readFrom(container: Container, file: string): Promise<string> {
  try {
    const archive = await buffer(await container.getArchive({ path: file }))
    // A tar archive of one file: its size stands in octal at byte 124, its content follows the header of 512 bytes.
    const size = Number.parseInt(archive.toString('latin1', 124, 136), 8)
    return archive.toString('utf8', 512, 512 + size)
  } catch {
    return ''
  }
}
