import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'

/** The folder of each volume: `data` itself for the only one, below it where there are several. */
export function volumeFolders(spec: InstanceSpec, data: string) {
  const alone = spec.volumes.length === 1
  return spec.volumes.map((volume) => ({ ...volume, folder: alone ? data : path.join(data, volume.name) }))
}
