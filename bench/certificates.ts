import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testApp } from '#server/testing/app'
import { unlimitedIssuing } from '#server/testing/issuing'
import { atMost, type Figure, pairs } from './measure.ts'

const OURS = 300
const THEIRS = 20

/** An SSH certificate with its row and its audit line on disk, against ssh-keygen -s. */
export async function benchCertificates(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-bench-ssh-'))
  const keygen = (...args: string[]) => execFileSync('ssh-keygen', args, { stdio: 'ignore' })
  try {
    const [ca, key] = [join(folder, 'ca'), join(folder, 'key')]
    for (const file of [ca, key]) keygen('-q', '-t', 'ed25519', '-N', '', '-f', file)
    await using app = await testApp({ databaseFile: join(folder, 'shardlyn.db') })
    await app.adminToken()
    const issue = await unlimitedIssuing(app)
    await issue()
    const each = async (times: number, work: () => unknown) => {
      const begun = performance.now()
      for (let time = 0; time < times; time++) await work()
      return (performance.now() - begun) / times
    }
    const figure = await pairs(
      { name: 'SSH certificate, with its row', unit: 'ms', against: 'ssh-keygen -s' },
      5,
      () => each(OURS, issue),
      () => each(THEIRS, () => keygen('-q', '-s', ca, '-I', 'id', '-n', 'deploy', '-V', '+8h', `${key}.pub`)),
    )
    return [{ ...figure, goal: atMost(figure.ratio, 0.2, 'of it') }]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
