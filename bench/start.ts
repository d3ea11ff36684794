import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServerProcess } from '#server/testing/process'
import { atMost, type Figure, pairs } from './measure.ts'
import { startRaw } from './raw-process.ts'

/** From spawn to the printed address, with an existing database, against a bare node:http server. */
export async function benchStart(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-bench-'))
  try {
    await (await startServerProcess({ dataDir })).stop()
    const figure = await pairs(
      { name: 'cold start to ready', unit: 'ms', against: 'bare node:http process' },
      7,
      async () => {
        const server = await startServerProcess({ dataDir })
        await server.stop()
        return server.readyMs
      },
      async () => {
        const begun = performance.now()
        const raw = await startRaw('raw-http.ts', 'e30=')
        const ms = performance.now() - begun
        await raw.stop()
        return ms
      },
    )
    return [{ ...figure, goal: atMost(figure.ours, 600, 'ms') }]
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
