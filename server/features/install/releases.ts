import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type AgentRelease, type Target, targets } from '#contract/install'
import type { ReleasePlace } from '#server/config'
import type { Log } from '#server/log'
import { type BundleParts, packBundle, stampOf } from './pack.ts'

const target = targets.find((name) => name === `${process.platform}-${process.arch}`)
export const bundleName = (version: string, of: Target) => `shardlyn-agent-${version}-${of}.tar.gz`
export const bundleParts = (
  version: string,
  { agent, node, scripts }: NonNullable<ReleasePlace['from']>,
): BundleParts => ({
  version,
  agent,
  node,
  scripts: [
    { from: join(scripts, 'agent', 'shardlyn-agent'), to: 'shardlyn-agent' },
    { from: join(scripts, 'install.sh'), to: 'install.sh' },
  ],
})

/** The agent bundles of our version. One for this machine's kind is packed when it is first asked for; that takes about two seconds. */
export function createReleases({ place, version, log }: { place: ReleasePlace | null; version: string; log: Log }) {
  const known = new Map<string, { stamp: string; sha256: string }>()
  let packing: Promise<void> | undefined

  async function packOwn(): Promise<void> {
    if (!place?.from || target === undefined || !existsSync(join(place.from.agent, 'agent.js'))) return
    const parts = bundleParts(version, place.from)
    const file = join(place.folder, bundleName(version, target))
    const stampFile = `${file}.stamp`
    const stamp = stampOf(parts)
    if (existsSync(file) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
    const { size } = await packBundle(file, parts)
    writeFileSync(stampFile, stamp)
    log.info({ file, size }, 'the agent was packed for other machines')
  }

  async function sumOf(file: string): Promise<string> {
    const { size, mtimeMs, ino } = statSync(file)
    const stamp = `${size} ${mtimeMs} ${ino}`
    const found = known.get(file)
    if (found?.stamp === stamp) return found.sha256
    const hash = createHash('sha256')
    await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash)
    const sha256 = hash.digest('hex')
    known.set(file, { stamp, sha256 })
    return sha256
  }

  return {
    folder: place?.folder ?? null,
    async list(): Promise<AgentRelease[]> {
      if (!place) return []
      packing ??= packOwn()
        .catch((error: unknown) => log.error({ err: error }, 'the agent could not be packed for other machines'))
        .finally(() => (packing = undefined))
      await packing
      const names = new Set(await readdir(place.folder).catch(() => []))
      const held = targets.filter((each) => names.has(bundleName(version, each)))
      return Promise.all(
        held.map(async (each) => {
          const file = bundleName(version, each)
          const path = join(place.folder, file)
          return { target: each, version, file, size: statSync(path).size, sha256: await sumOf(path) }
        }),
      )
    },
  }
}
export type Releases = ReturnType<typeof createReleases>
