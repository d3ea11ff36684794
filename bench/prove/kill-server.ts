import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { createWorkload, updateWorkload } from '#contract/workloads'
import { createClient, startServerProcess } from '#server/testing/process'

const document = (name: string, image: string) => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name },
  spec: { runtime: 'docker', image },
})

/** Ends the control plane at random moments while clients write, and compares what was acknowledged with what is there. */
export async function proveKillServer(rounds: number, say: (line: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  const acknowledged = new Map<string, number>()
  let acks = 0
  let slowestReady = 0
  try {
    for (let round = 0; round < rounds; round++) {
      const server = await startServerProcess({ dataDir })
      slowestReady = Math.max(slowestReady, server.readyMs)
      const client = createClient(server.url)
      await client.signIn()
      let over = false
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; !over; n++) {
          try {
            const made = await client.call(createWorkload, {
              body: { document: document(`w${round}-${writer}-${n}`, 'busybox') },
            })
            acknowledged.set(made.id, made.version)
            acks++
            const changed = await client.call(updateWorkload, {
              params: { id: made.id },
              body: { document: document(`w${round}-${writer}-${n}`, 'busybox:2') },
            })
            acknowledged.set(made.id, changed.version)
            acks++
          } catch (error) {
            if (!over) throw error
          }
        }
      })
      const work = Promise.allSettled(writers)
      // At any moment from the first acknowledged write on.
      const enough = acks + 1
      while (acks < enough) await wait(1)
      await wait(Math.random() * 120)
      over = true
      await server.kill()
      for (const result of await work) if (result.status === 'rejected') throw result.reason
      if ((round + 1) % 20 === 0) say(`${round + 1} kills, ${acks} acknowledged writes`)
    }
    const database = new SqliteDatabase(join(dataDir, 'shardlyn.db'))
    const integrity = database.pragma('integrity_check', { simple: true })
    const foreignKeys = (database.pragma('foreign_key_check') as unknown[]).length
    const find = database.prepare('select version from workloads where id = ?')
    const history = database.prepare('select count(*) as n from workload_versions where workload_id = ?')
    let lost = 0
    let halfDone = 0
    for (const [id, version] of acknowledged) {
      const row = find.get(id) as { version: number } | undefined
      if (!row || row.version < version) lost++
      else if ((history.get(id) as { n: number }).n !== row.version) halfDone++
    }
    database.close()
    return {
      kills: rounds,
      acknowledged: acks,
      lost,
      halfDone,
      integrity,
      foreignKeys,
      slowestReadyMs: Math.round(slowestReady),
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const figure = await proveKillServer(Number(process.argv[2] ?? 200), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.lost + figure.halfDone + figure.foreignKeys > 0 || figure.integrity !== 'ok') process.exitCode = 1
}
