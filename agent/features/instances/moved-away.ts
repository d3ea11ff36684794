import fs from 'node:fs'
import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import { readJsonSync, writeJson } from '#agent/state'

const KEEP_MS = 30 * 24 * 3600 * 1000

/**
 * Servers that left this machine, by the generation that they left with. A spec that was sent before and comes after, on a
 * connection that hung, would make a second one of a server that runs elsewhere by now.
 */
export function createMovedAway(folder: string, now: () => number = Date.now) {
  const fileOf = (id: string) => path.join(folder, `${id}.json`)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    if (now() - fs.statSync(file).mtimeMs > KEEP_MS) fs.rmSync(file, { force: true })
  }
  return {
    note: ({ id, generation }: InstanceSpec) => writeJson(fileOf(id), { generation }),
    isStale({ id, generation }: InstanceSpec): boolean {
      const noted = readJsonSync(fileOf(id)) as { generation: number } | undefined
      return noted !== undefined && generation <= noted.generation
    },
  }
}
