import { stat, statfs } from 'node:fs/promises'
import type { AdminMetrics } from '#contract/admin'

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    // In memory, or not written yet.
    () => 0,
  )

/** A database is its file and what waits in its log. */
const databaseSize = async (file: string) => (await sizeOf(file)) + (await sizeOf(`${file}-wal`))

export type Places = { dataDir: string; control: string; metrics: string }

export async function measureStorage(
  { dataDir, control, metrics }: Places,
  backups_bytes: number,
): Promise<AdminMetrics['storage']> {
  return {
    database_bytes: await databaseSize(control),
    metrics_bytes: await databaseSize(metrics),
    backups_bytes,
    free_bytes: await statfs(dataDir).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
  }
}
