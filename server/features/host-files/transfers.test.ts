import { execFileSync } from 'node:child_process'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import fs from 'node:fs'
import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import {
  cancelUpload,
  downloadHostFile,
  getUploadOffset,
  listHostFiles,
  readHostFile,
  uploadHostFile,
  writeHostFile,
} from '#contract/host-files'
import { setMemberPermission } from '#contract/members'
import { getMe } from '#contract/auth'
import { hostFilesStage } from '#server/testing/host-files'

const MIB = 1024 * 1024
const DAY = 24 * 3600_000
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
type Stage = Awaited<ReturnType<typeof hostFilesStage>>

const offsetOf = async (it: Stage, path: string): Promise<number | undefined> => {
  const { status, json } = await it.call(getUploadOffset, { query: { path } })
  return status === 200 ? json().offset : undefined
}
const hidden = (it: Stage) => fs.readdirSync(it.allowed).filter((name) => name.endsWith('.shardlyn-upload'))

/** A body that comes until it is told to stop. */
function endless() {
  const state = { sent: 0 }
  const body = Readable.from(
    (async function* () {
      for (;;) {
        yield Buffer.alloc(64 * 1024)
        state.sent += 64 * 1024
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })(),
  )
  return { body, state }
}

test('an upload that is cut again and again goes on, and what arrives is what was sent', async () => {
  await using it = await hostFilesStage()
  const bytes = randomBytes(8 * MIB)
  const path = it.at('world.zip')
  let cuts = 0
  for (let offset: number | undefined; ;) {
    if (cuts < 12) it.app.proxy.resetAfter(randomInt(64 * 1024, 2 * MIB))
    const answer = await it.send(
      uploadHostFile,
      { path, size: bytes.length, ...(offset !== undefined && { offset }) },
      { body: bytes.subarray(offset ?? 0) },
    )
    if (answer.status === 200) break
    expect(answer.status).toBe(503)
    expect(fs.existsSync(path)).toBe(false)
    cuts++
    offset = await vi.waitFor(async () => {
      const there = await offsetOf(it, path)
      expect(there).toBeDefined()
      return there
    }, 10_000)
    expect(offset).toBeLessThanOrEqual(bytes.length)
  }
  expect(cuts).toBeGreaterThan(3)
  expect(sha256(fs.readFileSync(path))).toBe(sha256(bytes))
  expect(hidden(it)).toEqual([])
}, 60_000)

test('an upload says how long it is and keeps to it', async () => {
  await using it = await hostFilesStage()
  const path = it.at('a')
  const send = async (query: object, body: Buffer | Readable) => {
    const { status, json } = await it.send(uploadHostFile, { path, ...query }, { body })
    return [status, status === 200 ? json().offset : json().code]
  }
  expect(await send({ size: 5 }, Buffer.from('four'))).toEqual([400, 'upload_size_wrong'])
  expect(await send({ size: 5 }, Readable.from([Buffer.from('more than five')]))).toEqual([413, 'upload_too_large'])
  expect(await send({ size: 5 }, Readable.from([Buffer.from('four')]))).toEqual([400, 'upload_incomplete'])
  expect(await offsetOf(it, path)).toBe(4)
  expect(await send({ size: 5, offset: 5 }, Readable.from([]))).toEqual([409, 'upload_offset_wrong'])
  expect(await send({ size: 5, offset: 9 }, Buffer.from('x'))).toEqual([400, 'upload_size_wrong'])
  expect(fs.existsSync(path)).toBe(false)
  expect(await send({ size: 5, offset: 2 }, Buffer.from('xyz'))).toEqual([200, 5])
  expect(fs.readFileSync(path, 'utf8')).toBe('foxyz')

  expect(await send({ size: 4, overwrite: true }, Readable.from([Buffer.from('no')]))).toEqual([
    400,
    'upload_incomplete',
  ])
  expect(hidden(it)).toHaveLength(1)
  expect((await it.call(listHostFiles, { query: { path: it.allowed } })).json().items).toHaveLength(1)
  expect((await it.call(cancelUpload, { query: { path } })).status).toBe(204)
  expect([hidden(it), await offsetOf(it, path)]).toEqual([[], 0])
  expect(fs.readFileSync(path, 'utf8')).toBe('foxyz')
})

test('of two uploads to one path the second takes over, and two people do not meet', async () => {
  await using it = await hostFilesStage()
  const path = it.at('a')
  const { body, state } = endless()
  const first = it.send(uploadHostFile, { path, size: 100 * MIB }, { body })
  await vi.waitFor(() => expect(state.sent).toBeGreaterThan(256 * 1024))
  const other = await it.app.addPerson({ email: 'other@example.com', role: 'admin' })
  const theirs = await it.send(
    uploadHostFile,
    { path: it.at('b'), size: 5 },
    { body: Buffer.from('other'), token: other.token },
  )
  expect(theirs.status).toBe(200)
  expect((await it.send(uploadHostFile, { path, size: 6 }, { body: Buffer.from('second') })).status).toBe(200)
  const replaced = await first
  expect([replaced.status, replaced.json().code]).toEqual([409, 'upload_replaced'])
  body.destroy()
  expect(fs.readFileSync(path, 'utf8')).toBe('second')
  expect(hidden(it)).toEqual([])
})

test('a right that is taken away ends an upload and a download at once', async () => {
  await using it = await hostFilesStage()
  const { id: userId, token } = await it.app.addPerson({
    email: 'guest@example.com',
    role: 'user',
    grants: ['nodes.files.read', 'nodes.files.write'],
  })
  const { organization } = (await it.app.signedIn(getMe)).json()
  const params = { orgId: organization.id, userId }
  const { body, state } = endless()
  const up = it.send(uploadHostFile, { path: it.at('up'), size: 100 * MIB }, { body, token })
  const upEnded = up.then(
    () => 'whole',
    () => 'broken',
  )
  await vi.waitFor(() => expect(state.sent).toBeGreaterThan(256 * 1024))
  await it.app.signedIn(setMemberPermission, { params, body: { key: 'nodes.files.write', effect: 'deny' } })
  expect(await upEnded).toBe('broken')
  const atEnd = await vi.waitFor(async () => {
    const size = fs.statSync(it.at(hidden(it)[0] ?? '')).size
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(fs.statSync(it.at(hidden(it)[0] ?? '')).size).toBe(size)
    return size
  })
  expect(atEnd).toBeLessThan(100 * MIB)
  expect(fs.existsSync(it.at('up'))).toBe(false)
  body.destroy()

  fs.writeFileSync(it.at('down'), Buffer.alloc(300 * MIB))
  const deny = () =>
    void it.app.signedIn(setMemberPermission, { params, body: { key: 'nodes.files.read', effect: 'deny' } })
  const down = it.send(downloadHostFile, { path: it.at('down') }, { token, onStart: deny })
  await expect(down).rejects.toThrow()
})

test('ranges are answered as HTTP has them', async () => {
  await using it = await hostFilesStage()
  const path = it.at('a')
  fs.writeFileSync(path, '0123456789')
  const get = (headers: Record<string, string>) => it.send(downloadHostFile, { path }, { headers })
  const seen = async (range: string) => {
    const { status, bytes, headers } = await get({ range })
    return status === 416 ? [416] : [status, bytes.toString(), headers['content-range']]
  }
  expect(await seen('bytes=0-3')).toEqual([206, '0123', 'bytes 0-3/10'])
  expect(await seen('bytes=8-')).toEqual([206, '89', 'bytes 8-9/10'])
  expect(await seen('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10'])
  expect(await seen('bytes=-99')).toEqual([206, '0123456789', 'bytes 0-9/10'])
  expect(await seen('bytes=5-99')).toEqual([206, '56789', 'bytes 5-9/10'])
  expect(await seen('bytes=9-9')).toEqual([206, '9', 'bytes 9-9/10'])
  for (const beyond of ['bytes=10-', 'bytes=99-100', 'bytes=-0']) {
    expect([beyond, ...(await seen(beyond))]).toEqual([beyond, 416])
  }
  for (const odd of [
    'bytes=5-2',
    'bytes=a-b',
    'bytes=',
    'bytes=-',
    'lines=1-2',
    'bytes=0-1,4-5',
    'bytes=1e1-',
    'bytes=99999999999999999999-',
  ]) {
    expect([odd, ...(await seen(odd))]).toEqual([odd, 200, '0123456789', undefined])
  }
  const { headers } = await get({})
  const etag = String(headers['etag'])
  expect((await get({ range: 'bytes=0-0', 'if-range': etag })).status).toBe(206)
  expect((await get({ 'if-none-match': etag })).status).toBe(304)
  fs.writeFileSync(path, 'abcdefghijk')
  expect((await get({ range: 'bytes=0-0', 'if-range': etag })).bytes.toString()).toBe('abcdefghijk')
  expect((await get({ 'if-none-match': etag })).status).toBe(200)
  fs.writeFileSync(path, '')
  expect((await get({})).bytes).toHaveLength(0)
  expect((await get({ range: 'bytes=0-' })).status).toBe(416)
})

test('a file that is cut off while it is read ends as broken, not as whole', async () => {
  await using it = await hostFilesStage()
  const path = it.at('log')
  fs.writeFileSync(path, Buffer.alloc(200 * MIB))
  const stop = new AbortController()
  const reading = it.send(
    downloadHostFile,
    { path },
    { signal: stop.signal, onStart: () => fs.truncateSync(path, 1000) },
  )
  await expect(reading).rejects.toThrow()
})

test('what is read while it is written is one of its states', async () => {
  await using it = await hostFilesStage()
  const path = it.at('state')
  const states = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000))
  fs.writeFileSync(path, states[0] ?? '')
  let isOver = false
  const writing = (async () => {
    for (let n = 0; !isOver; n++) {
      await it.call(writeHostFile, { body: { path, content: states[n % 3] ?? '' } })
    }
  })()
  for (let n = 0; n < 30; n++) {
    const [read, loaded] = await Promise.all([
      it.call(readHostFile, { query: { path } }),
      it.send(downloadHostFile, { path }),
    ])
    expect(states).toContain(read.json().content)
    expect(states).toContain(loaded.bytes.toString())
  }
  isOver = true
  await writing
})

test.skipIf(process.getuid?.() !== 0)('a full disk is told, and is not left full', async () => {
  await using it = await hostFilesStage()
  fs.mkdirSync(it.at('small'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', it.at('small')])
  try {
    const path = it.at('small', 'a')
    const known = await it.send(uploadHostFile, { path, size: 3 * MIB }, { body: Buffer.alloc(3 * MIB) })
    expect([known.status, known.json().code]).toEqual([507, 'disk_full'])
    fs.writeFileSync(it.at('small', 'other'), Buffer.alloc(0.6 * MIB))
    const written = await it.call(writeHostFile, { body: { path, content: 'x'.repeat(0.7 * MIB) } })
    expect([written.status, written.json().code]).toEqual([507, 'disk_full'])
    expect(fs.readdirSync(it.at('small'))).toEqual(['other'])
  } finally {
    execFileSync('umount', ['-l', it.at('small')])
  }
})

test('an upload that nobody goes on with is removed after a day, and one under way is not', async () => {
  await using it = await hostFilesStage()
  for (const name of ['old', 'new']) {
    await it.send(uploadHostFile, { path: it.at(name), size: 9 }, { body: Readable.from([Buffer.from('x')]) })
  }
  const old = hidden(it).find((name) => name.startsWith('.old')) ?? ''
  const then = new Date(Date.now() - DAY - 60_000)
  fs.utimesSync(it.at(old), then, then)
  fs.writeFileSync(it.at('.mine.0123456789abcdef.shardlyn-upload'), '')
  fs.utimesSync(it.at('.mine.0123456789abcdef.shardlyn-upload'), then, then)
  await it.hostFiles.sweep()
  expect(hidden(it).map((name) => name.split('.')[1])).toEqual(['mine', 'new'])
})

test('who read, wrote, sent and fetched which file is in the audit log', async () => {
  await using it = await hostFilesStage()
  const path = it.at('a')
  await it.call(writeHostFile, { body: { path, content: 'a', version: null } })
  await it.call(readHostFile, { query: { path } })
  await it.send(downloadHostFile, { path })
  await it.send(uploadHostFile, { path, size: 1, overwrite: true }, { body: Buffer.from('b') })
  await it.send(uploadHostFile, { path, size: 1 }, { body: Buffer.from('c') })
  const lines = it.app.control.database
    .prepare(`select action, details from audit_logs where action like 'node.file%' order by id`)
    .all() as { action: string; details: string }[]
  expect(lines.map(({ action }) => action)).toEqual([
    'node.file_written',
    'node.file_read',
    'node.file_downloaded',
    'node.file_uploaded',
  ])
  for (const { details } of lines) expect(JSON.parse(details)).toMatchObject({ path })
})

test('a machine that is away is told as such', async () => {
  await using it = await hostFilesStage()
  await it.agent[Symbol.asyncDispose]()
  await vi.waitFor(async () => {
    const answer = await it.call(listHostFiles, { query: { path: it.allowed } })
    expect([answer.status, answer.json().code]).toEqual([503, 'node_offline'])
  }, 5000)
})
