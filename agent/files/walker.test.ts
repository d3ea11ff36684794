import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceFile } from './replace.ts'
import { enter, look, makeFolder, openFile, openFolder, openOwn } from './walker.ts'

let root = ''
const at = (...names: string[]) => path.join(root, ...names)
beforeEach(() => (root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'shardlyn-walker-')))))
afterEach(() => fs.rmSync(root, { recursive: true, force: true }))

/** In a thread of its own, as fast as it can: a folder becomes a link to elsewhere and a folder again. */
const swapping = `
  const fs = require('node:fs')
  const { workerData: { real, link, name, counter } } = require('node:worker_threads')
  const swaps = new Int32Array(counter)
  while (Atomics.load(swaps, 1) === 0) {
    fs.renameSync(name, real); fs.renameSync(link, name); Atomics.add(swaps, 0, 1)
    fs.renameSync(name, link); fs.renameSync(real, name)
  }
`

test('a folder that is swapped for a link all the time leads nowhere else, whether read or written', async () => {
  fs.mkdirSync(at('allowed', 'folder'), { recursive: true })
  fs.mkdirSync(at('outside'))
  fs.writeFileSync(at('allowed', 'folder', 'file'), 'inside')
  fs.writeFileSync(at('outside', 'file'), 'secret')
  fs.symlinkSync(at('outside'), at('link'))
  const counter = new SharedArrayBuffer(8)
  const swaps = new Int32Array(counter)
  const worker = new Worker(swapping, {
    eval: true,
    workerData: { real: at('real'), link: at('link'), name: at('allowed', 'folder'), counter },
  })
  const failed = new Promise<never>((_, reject) => worker.once('error', reject))
  failed.catch(() => {})
  const outcomes = { done: 0, refused: 0, strange: [] as unknown[] }
  const tried = async (work: () => Promise<void>) => {
    try {
      await work()
      outcomes.done++
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === 'path_not_allowed' || code === 'file_not_found') outcomes.refused++
      else outcomes.strange.push(error)
    }
  }
  const round = async () => {
    await using allowed = await openFolder(at('allowed'))
    await tried(async () => {
      await using folder = await enter(allowed, 'folder')
      await using file = await openFile(folder, 'file')
      expect((await file.readFile()).toString()).toMatch(/^inside/)
    })
    await tried(async () => {
      await using folder = await enter(allowed, 'folder')
      await replaceFile(folder, 'file', `inside ${outcomes.done}`)
    })
    await tried(async () => {
      await using folder = await enter(allowed, 'folder')
      await makeFolder(folder, 'made')
    })
  }
  for (let rounds = 0; rounds < 400 || swaps[0]! < 5000 || outcomes.refused < 20 || outcomes.done < 20; rounds++) {
    await Promise.race([round(), failed])
  }
  Atomics.store(swaps, 1, 1)
  await new Promise((resolve) => worker.once('exit', resolve))
  expect(outcomes.strange).toEqual([])
  expect(fs.readdirSync(at('outside'))).toEqual(['file'])
  expect(fs.readFileSync(at('outside', 'file'), 'utf8')).toBe('secret')
}, 60_000)

test('what is no regular file is refused before it is opened, and never waited for', async () => {
  execFileSync('mkfifo', [at('pipe')])
  const server = createServer().listen(at('socket'))
  fs.symlinkSync('/etc/passwd', at('link'))
  fs.symlinkSync('nothing', at('dangling'))
  fs.mkdirSync(at('folder'))
  const isRoot = process.getuid?.() === 0
  if (isRoot) execFileSync('mknod', [at('device'), 'c', '1', '5'])
  await using folder = await openFolder(root)
  for (const name of ['pipe', 'socket', 'folder', ...(isRoot ? ['device'] : [])]) {
    await expect(openFile(folder, name)).rejects.toMatchObject({ code: 'not_a_file' })
    await expect(replaceFile(folder, name, 'x')).rejects.toMatchObject({ code: 'not_a_file' })
  }
  for (const name of ['link', 'dangling']) {
    await expect(openFile(folder, name)).rejects.toMatchObject({ code: 'path_not_allowed' })
    await expect(enter(folder, name)).rejects.toMatchObject({ code: 'path_not_allowed' })
    await expect(replaceFile(folder, name, 'x')).rejects.toMatchObject({ code: 'not_a_file' })
    expect((await look(folder, name))?.isSymbolicLink()).toBe(true)
  }
  expect(fs.existsSync(at('nothing'))).toBe(false)
  expect(fs.readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([])
  server.close()
})

test.each(['', '.', '..', 'a/b', '/', '../x', 'a\0b'])('%j is not a name', async (name) => {
  await using folder = await openFolder(root)
  for (const refused of [enter, openFile, openOwn, look, makeFolder]) {
    await expect(refused(folder, name)).rejects.toMatchObject({ code: 'path_not_allowed' })
  }
  await expect(replaceFile(folder, name, 'x')).rejects.toMatchObject({ code: 'path_not_allowed' })
})

test('a file is replaced with its owner and mode, its other names keep what they had, and nobody runs it as root', async () => {
  fs.writeFileSync(at('file'), 'old')
  fs.chmodSync(at('file'), 0o4750)
  const isRoot = process.getuid?.() === 0
  if (isRoot) fs.chownSync(at('file'), 1234, 2345)
  if (isRoot) fs.chmodSync(at('file'), 0o4750)
  fs.linkSync(at('file'), at('other-name'))
  await using folder = await openFolder(root)
  await replaceFile(folder, 'file', 'new')
  const { uid, gid, mode } = fs.statSync(at('file'))
  expect([mode & 0o7777, fs.readFileSync(at('file'), 'utf8')]).toEqual([0o750, 'new'])
  expect([uid, gid]).toEqual(isRoot ? [1234, 2345] : [process.getuid?.(), process.getgid?.()])
  expect(fs.readFileSync(at('other-name'), 'utf8')).toBe('old')
  await expect(openOwn(folder, 'other-name').then((handle) => handle.close())).resolves.toBeUndefined()
  fs.linkSync(at('other-name'), at('third-name'))
  await expect(openOwn(folder, 'other-name')).rejects.toMatchObject({ code: 'path_not_allowed' })
})

test('of two who make the same file at once one is told', async () => {
  await using folder = await openFolder(root)
  const made = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => replaceFile(folder, 'new', String(n), { expected: null })),
  )
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as object] : []))
  for (const reason of refused) expect(reason).toMatchObject({ status: 409, code: 'file_exists' })
  expect(fs.readdirSync(root)).toEqual(['new'])
})

test('no descriptor stays open, whatever is refused', async () => {
  fs.mkdirSync(at('folder'))
  fs.symlinkSync('folder', at('link'))
  const open = () => fs.readdirSync('/proc/self/fd').length
  const before = open()
  for (let n = 0; n < 50; n++) {
    await openFolder(at('link')).catch(() => {})
    await openFolder(at('missing')).catch(() => {})
    await using folder = await openFolder(root)
    await openFile(folder, 'folder').catch(() => {})
    await enter(folder, 'link').catch(() => {})
    await enter(folder, 'folder', () => Promise.reject(new Error('no'))).catch(() => {})
    await replaceFile(folder, 'folder', 'x').catch(() => {})
  }
  expect(open()).toBeLessThanOrEqual(before + 2)
})
