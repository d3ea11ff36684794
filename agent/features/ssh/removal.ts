import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { AgentSettings } from '../../settings.ts'
import { sshFiles } from './drop-in.ts'
import { TRUST_FILE } from './managed.ts'
import { createSshd, findSshd } from './sshd.ts'

/**
 * Takes away what the agent put into sshd's folder: first what makes sshd read it. sshd trusts no certificates of ours after it.
 * Answers whether there was anything that sshd read.
 */
export async function removeSsh(
  dataDir: string,
  { ssh }: Pick<AgentSettings, 'ssh'>,
  onError: (error: unknown) => void = () => {},
): Promise<boolean> {
  const folder = ssh?.folder ?? '/etc/ssh'
  const files = sshFiles(folder)
  await rm(path.join(dataDir, TRUST_FILE), { force: true })
  const isSetUp = existsSync(files.config)
  if (isSetUp) {
    await rm(files.config)
    const program = findSshd()
    // One that would not start with its configuration is not reloaded; what it trusts is taken away all the same.
    if (program) await createSshd(program, folder).reload().catch(onError)
  }
  await rm(files.ca, { force: true })
  await rm(files.krl, { force: true })
  return isSetUp
}
