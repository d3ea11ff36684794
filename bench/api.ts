import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { createWorkload, getWorkload, listWorkloads } from '#contract/workloads'
import { urlFor } from '#contract/operation'
import { createClient, startServerProcess } from '#server/testing/process'
import { atLeast, type Figure, pairs } from './measure.ts'
import { requestsPerSecond } from './load.ts'
import { startRaw } from './raw-process.ts'

const ROUNDS = 5
const document = (name: string) => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name, description: 'A server to measure with' },
  spec: { runtime: 'docker', image: 'busybox', env: { A: '1' }, ports: [{ name: 'game', containerPort: 25565 }] },
})

/** The API under load, with sign-in, permission, rate limit, validation and SQL, against node:http that sends the same bytes. */
export async function benchApi(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-bench-'))
  const server = await startServerProcess({ dataDir, env: { SHARDLYN_RATE_LIMIT: '1000000' } })
  try {
    const client = createClient(server.url)
    await client.signIn()
    let id = ''
    for (let i = 0; i < 40; i++) {
      id = (await client.call(createWorkload, { body: { document: document(`bench-${i}`) } })).id
    }
    const headers = { authorization: `Bearer ${client.token()}` }
    const read = async (name: string, path: string, goal: number): Promise<Figure> => {
      const answer = await fetch(new URL(path, server.url), { headers })
      const raw = await startRaw('raw-http.ts', Buffer.from(await answer.arrayBuffer()).toString('base64'))
      const figure = await pairs(
        { name, unit: 'req/s', against: 'node:http' },
        ROUNDS,
        () => requestsPerSecond({ url: server.url, path, headers }),
        () => requestsPerSecond({ url: raw.url, path }),
      )
      await raw.stop()
      return { ...figure, goal: atLeast(figure.ratio, goal) }
    }
    const point = await read('API point read', urlFor(getWorkload, { params: { id } }), 0.3)
    const list = await read('API list of 20', urlFor(listWorkloads, { query: { limit: 20 } }), 0.2)

    const database = new SqliteDatabase(join(dataDir, 'yardstick.db'))
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.exec('create table t (id integer primary key, v text) strict')
    const insert = database.prepare('insert into t (v) values (?)')
    const writes = await pairs(
      { name: 'durable writes', unit: 'writes/s', against: 'one commit a write in SQLite, flushed' },
      ROUNDS,
      () =>
        requestsPerSecond({
          url: server.url,
          path: '/v1/nodes/register-token',
          method: 'POST',
          headers,
          body: '{}',
          connections: 16,
        }),
      async () => {
        const begun = performance.now()
        let n = 0
        while (performance.now() - begun < 1500) {
          insert.run('x'.repeat(300))
          n++
        }
        return (n / (performance.now() - begun)) * 1000
      },
    )
    database.close()
    return [point, list, writes]
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
