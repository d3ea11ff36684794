import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { exportAuditLogs } from '#contract/admin'
import { urlFor } from '#contract/operation'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { until } from '#server/testing/until'
import { exportAudit } from './audit-export.ts'

const ROWS = 200_000

/** Rows whose ids sort in the order of their numbers. */
function plant(app: TestApp, count: number) {
  const insert = app.control.database.prepare(
    `insert into audit_logs (id, at, actor_type, action, subject_type, subject_name, outcome, details)
     values (?, ?, 'user', 'thing.made', 'thing', ?, 'done', ?)`,
  )
  const begin = Date.parse('2025-01-01T00:00:00Z')
  app.control.database.transaction(() => {
    for (let n = 0; n < count; n++) {
      insert.run(newId(begin + n), new Date(begin + n).toISOString(), `thing ${n}`, JSON.stringify({ n }))
    }
  })()
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function open(app: TestApp, query: object) {
  const token = await app.adminToken()
  if (!app.app.server.listening) await app.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.app.server.address() as AddressInfo
  const sent = request({
    host: '127.0.0.1',
    port,
    path: urlFor(exportAuditLogs, { query: { ...query } }),
    headers: { host: 'localhost', authorization: `Bearer ${token}` },
  })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return { sent, answer }
}

test('200,000 rows come whole and in order, and cost the server no memory to speak of', async () => {
  await using app = await testApp()
  plant(app, ROWS)
  const { answer } = await open(app, { format: 'ndjson', action: 'thing' })
  expect(answer.headers['content-type']).toBe('application/x-ndjson')
  expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.ndjson"$/)
  let next = 0
  let rest = ''
  let peak = 0
  let bytes = 0
  let pieces = 0
  collect()
  const before = process.memoryUsage().heapUsed
  for await (const chunk of answer) {
    const piece = chunk as Buffer
    bytes += piece.length
    const lines = (rest + piece.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.includes(`"thing ${next++}"`)) throw new Error(`Not number ${next - 1}: ${line}`)
    }
    // What nobody holds any more does not count, and collecting it each time would take the whole time.
    if (++pieces % 50 === 0) {
      collect()
      peak = Math.max(peak, process.memoryUsage().heapUsed - before)
    }
  }
  expect([next, rest]).toEqual([ROWS, ''])
  expect(peak).toBeLessThan(bytes / 4)
})

test('a reader that goes half way ends the reading, and the server goes on', async () => {
  await using app = await testApp()
  plant(app, 50_000)
  const { sent, answer } = await open(app, { format: 'ndjson', action: 'thing' })
  await once(answer, 'readable')
  answer.read()
  sent.destroy()
  const connections = () =>
    new Promise<number>((resolve) => app.app.server.getConnections((_, count) => resolve(count)))
  await until(async () => (await connections()) === 0)
  const token = await app.adminToken()
  expect((await app.call(exportAuditLogs, { query: { action: 'nothing' } }, { token })).status).toBe(200)
})

test('pages are read when they are wanted, and not after the stream was given up', async () => {
  await using app = await testApp()
  plant(app, 5000)
  const pages = await exportAudit(app.control.db, {}, 'ndjson')
  const stream = Readable.from(pages, { highWaterMark: 1 })
  const [first] = (await once(stream, 'readable').then(() => [stream.read() as string])) as [string]
  expect(first.split('\n')).toHaveLength(1001)
  stream.destroy()
  await once(stream, 'close')
  expect(await pages.next()).toEqual({ value: undefined, done: true })
})

test('a spreadsheet finds no formula in it', async () => {
  await using app = await testApp()
  const names = ['=1+1', '+1', '-1', '@sum', '\tx', '\rx', 'a,"b"\nc', 'plain']
  const insert = app.control.database.prepare(
    `insert into audit_logs (id, at, actor_type, actor_name, action, subject_type, outcome)
     values (?, '2026-01-01T00:00:00.000Z', 'user', ?, 'thing.made', 'thing', 'done')`,
  )
  names.forEach((name, n) => insert.run(newId(n), name))
  const { answer } = await open(app, { action: 'thing' })
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
  const csv = await text(answer)
  expect(csv.startsWith('id,at,organization_id,actor_type,actor_id,actor_name,action,')).toBe(true)
  for (const cell of [",'=1+1,", ",'+1,", ",'-1,", ",'@sum,", ",'\tx,", ',"\'\rx",', ',"a,""b""\nc",', ',plain,']) {
    expect(csv).toContain(cell)
  }
})

test('a time that is none is refused, and who exports is in the log', async () => {
  await using app = await testApp()
  const token = await app.adminToken()
  const refused = await app.call(exportAuditLogs, { query: { since: '2026-13-01T00:00:00Z' } }, { token })
  expect(refused.status).toBe(400)
  expect((await app.call(exportAuditLogs, { query: { format: 'xml' } }, { token })).status).toBe(400)
  const empty = await app.call(exportAuditLogs, { query: { action: 'nothing' } }, { token })
  expect([empty.status, empty.text.split('\n').length]).toEqual([200, 2])
  const log = await app.call(exportAuditLogs, { query: { format: 'ndjson', action: 'audit.exported' } }, { token })
  const row = JSON.parse(log.text) as Record<string, string>
  expect(row).toMatchObject({ actor_name: 'admin@example.com', details: '{"format":"csv","action":"nothing"}' })
})
