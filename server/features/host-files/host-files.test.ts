import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { expect, test } from 'vitest'
import { downloadHostFile, listHostFiles, readHostFile, uploadHostFile, writeHostFile } from '#contract/host-files'
import { hostFilesStage } from '#server/testing/host-files'

const MIB = 1024 * 1024
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test('a file is listed, read, changed, and a change in between is refused and not lost', async () => {
  await using it = await hostFilesStage()
  fs.writeFileSync(it.at('a.txt'), 'one\n', { mode: 0o640 })
  fs.mkdirSync(it.at('z-folder'))
  expect((await it.call(listHostFiles)).json()).toMatchObject({ path: '', items: [{ path: it.allowed }] })
  const listed = (await it.call(listHostFiles, { query: { path: it.allowed } })).json()
  expect(listed.items).toMatchObject([
    { name: 'z-folder', type: 'directory', path: it.at('z-folder') },
    { name: 'a.txt', type: 'file', size: 4, mode: '0640', path: it.at('a.txt') },
  ])

  const path = it.at('a.txt')
  const read = (await it.call(readHostFile, { query: { path } })).json()
  expect(read).toMatchObject({ content: 'one\n', is_writable: true })
  const written = await it.call(writeHostFile, { body: { path, content: 'two\n', version: read.version } })
  expect([written.status, fs.readFileSync(path, 'utf8'), fs.statSync(path).mode & 0o777]).toEqual([200, 'two\n', 0o640])

  const late = await it.call(writeHostFile, { body: { path, content: 'three\n', version: read.version } })
  expect([late.status, late.json().code]).toEqual([409, 'file_changed'])
  const again = await it.call(writeHostFile, { body: { path, content: 'x', version: null } })
  expect([again.status, again.json().code]).toEqual([409, 'file_exists'])
  expect(fs.readFileSync(path, 'utf8')).toBe('two\n')
  expect(fs.readdirSync(it.allowed)).toEqual(['a.txt', 'z-folder'])
})

test('a large file goes up and comes down as it was', async () => {
  await using it = await hostFilesStage()
  const bytes = randomBytes(24 * MIB + 7)
  const path = it.at('save.bin')
  const up = await it.send(uploadHostFile, { path, size: bytes.length }, { body: bytes })
  expect([up.status, up.json()]).toEqual([200, { offset: bytes.length }])
  expect(sha256(fs.readFileSync(path))).toBe(sha256(bytes))
  expect(fs.readdirSync(it.allowed)).toEqual(['save.bin'])

  const down = await it.send(downloadHostFile, { path })
  expect(sha256(down.bytes)).toBe(sha256(bytes))
  expect(down.headers['content-disposition']).toBe(`attachment; filename="save.bin"; filename*=UTF-8''save.bin`)
  expect(down.headers['x-content-type-options']).toBe('nosniff')

  const again = await it.send(uploadHostFile, { path, size: 1 }, { body: Buffer.from('x') })
  expect([again.status, again.json().code]).toEqual([409, 'file_exists'])
  const over = await it.send(uploadHostFile, { path, size: 1, overwrite: true }, { body: Buffer.from('x') })
  expect([over.status, fs.readFileSync(path, 'utf8')]).toEqual([200, 'x'])
})

test('what a machine does not allow is said in words', async () => {
  await using off = await hostFilesStage({ enabled: false })
  const refused = await off.call(listHostFiles)
  expect([refused.status, refused.json().code]).toEqual([403, 'host_files_disabled'])
  expect(refused.json().error).toContain('agent.json')

  await using it = await hostFilesStage({ writable: false })
  const written = await it.call(writeHostFile, { body: { path: it.at('a'), content: 'a' } })
  expect([written.status, written.json().code]).toEqual([403, 'host_files_read_only'])
  expect(fs.readdirSync(it.allowed)).toEqual([])
})
