import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const run = (...args: string[]) => exec('ssh-keygen', args, { timeout: 15_000 })

/** Rejects when OpenSSH itself cannot read all of a file of public keys. */
export async function assertKeys(file: string, count: number): Promise<void> {
  const { stdout } = await run('-l', '-f', file)
  const read = stdout.trim().split('\n').length
  if (read !== count) throw new Error(`ssh-keygen reads ${read} keys of ${count}`)
}

/** Rejects when OpenSSH itself cannot read a revocation list. */
export const assertKrl = async (file: string): Promise<void> => void (await run('-Q', '-l', '-f', file))

/** As OpenSSH shows it, of a line `type blob`. */
export const fingerprintOf = (line: string): string =>
  `SHA256:${createHash('sha256')
    .update(Buffer.from(line.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
    .replace(/=+$/, '')}`

const MAGIC = Buffer.from('SSHKRL\n\0', 'latin1')
/** The version that a revocation list bears; null for what is none. An empty file is none, although sshd takes it for one. */
export const krlVersionOf = (krl: Buffer): number | null =>
  krl.length >= 20 && krl.subarray(0, 8).equals(MAGIC) ? Number(krl.readBigUInt64BE(12)) : null
