import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  cancelUpload,
  downloadHostFile,
  getUploadOffset,
  listHostFiles,
  MAX_LISTED,
  readHostFile,
  uploadHostFile,
  writeHostFile,
} from '#contract/host-files'
import { hostFilesStage } from '#server/testing/host-files'

type Stage = Awaited<ReturnType<typeof hostFilesStage>>

/** Every file around the allowed folder, with what is in it. */
function canary(folder: string, except: string): string {
  const hash = createHash('sha256')
  const walk = (at: string) => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = join(at, entry.name)
      // The agent’s own notes of uploads, which odd names that are allowed lead to as well.
      if (file === except || entry.name === 'uploads.json') continue
      hash.update(file)
      if (entry.isFile()) hash.update(fs.readFileSync(file))
      if (entry.isDirectory()) walk(file)
    }
  }
  walk(folder)
  return hash.digest('hex')
}

/** Ways out that were tried on others, from the allowed folder and from nowhere. */
function corpus(allowed: string): string[] {
  const ups = [
    '..',
    '%2e%2e',
    '%252e%252e',
    '..%2f',
    '..\\',
    '.%2e',
    '．．',
    '..\u2215',
    '%c0%ae%c0%ae',
    '..;',
    '.. ',
    '...',
    '..\u0000',
  ]
  const separators = ['/', '//', '/./', '\\', '%2f', '%5c', '/\u200b/']
  const goals = ['secret', 'agent/identity.json', 'etc/passwd']
  const below = [allowed, `${allowed}/folder`, `/${allowed}`, `${allowed}/folder/link`]
  const payloads = below.flatMap((start) =>
    ups.flatMap((up) =>
      separators.flatMap((separator) =>
        goals.flatMap((goal) =>
          [1, 3].map(
            (depth) =>
              `${start}${separator}${Array.from({ length: depth }, () => up).join(separator)}${separator}${goal}`,
          ),
        ),
      ),
    ),
  )
  return [
    ...payloads,
    `${allowed}-sibling/secret`,
    `${allowed}-sibling`,
    `${allowed}/../secret`,
    `${allowed}/link`,
    `${allowed}/link/secret`,
    `${allowed}/dangling`,
    `${allowed}/root`,
    '/proc/self/root/etc/passwd',
    '/proc/self/environ',
    '/dev/fd/0',
    '/etc/passwd',
    '/',
    '//',
    'C:\\Windows',
    '\\\\server\\share',
    `${allowed}/${'a/'.repeat(1500)}b`,
    `${allowed}/${'n'.repeat(256)}`,
  ]
}

async function prepare(it: Stage) {
  fs.mkdirSync(it.at('folder'))
  fs.mkdirSync(`${it.allowed}-sibling`)
  for (const file of ['secret', 'agent/identity.json', 'allowed-sibling/secret']) {
    fs.writeFileSync(join(it.folder, file), 'SECRET')
  }
  fs.symlinkSync('..', it.at('link'))
  fs.symlinkSync('../..', it.at('folder', 'link'))
  fs.symlinkSync('../made-by-write', it.at('dangling'))
  fs.symlinkSync('/', it.at('root'))
}

test('no path leads out of what is allowed, by none of the ways to files', async () => {
  await using it = await hostFilesStage()
  await prepare(it)
  const before = canary(it.folder, it.allowed)
  const payloads = corpus(it.allowed)
  expect(payloads.length).toBeGreaterThan(2000)
  const escaped: string[] = []
  const counts = new Map<number, number>()
  let n = 0
  async function ask(path: string) {
    const query = { path }
    const each = n++ % 4
    // Each way gets a share of each kind; the ones that read get all of it.
    const answers = [
      await it.call(downloadHostFile, { query }),
      ...(each === 0 ? [await it.call(listHostFiles, { query })] : []),
      ...(each === 1 ? [await it.call(writeHostFile, { body: { path, content: 'ESCAPED' } })] : []),
      ...(each === 2
        ? [await it.call(uploadHostFile, { query: { path, size: 0 } }), await it.call(getUploadOffset, { query })]
        : []),
      ...(each === 3 ? [await it.call(readHostFile, { query }), await it.call(cancelUpload, { query })] : []),
    ]
    for (const { status, text } of answers) {
      counts.set(status, (counts.get(status) ?? 0) + 1)
      if (text.includes('SECRET') || text.includes('root:') || status >= 500) {
        escaped.push(`${status} ${path}: ${text.slice(0, 80)}`)
      }
    }
  }
  for (let from = 0; from < payloads.length; from += 40) await Promise.all(payloads.slice(from, from + 40).map(ask))
  // Half of a character of two is in no file's name, and in no address either.
  const half = await it.call(writeHostFile, { body: { path: `${it.allowed}/\ud800`, content: 'x' } })
  expect([half.status, half.json().code]).toEqual([400, 'path_not_allowed'])
  expect(escaped).toEqual([])
  expect(canary(it.folder, it.allowed)).toBe(before)
  expect(counts.get(400)).toBeGreaterThan(1000)
}, 120_000)

test('what belongs to the agent stays closed, by whatever name it is reached', async () => {
  await using it = await hostFilesStage({ allow: 'all' })
  await prepare(it)
  for (const name of ['identity.json', 'agent.json', 'register-token']) {
    fs.writeFileSync(join(it.dataDir, name), '{"secret":1}')
  }
  fs.linkSync(join(it.dataDir, 'identity.json'), it.at('hard-link'))
  const closed = [
    join(it.dataDir, 'identity.json'),
    join(it.dataDir, 'agent.json'),
    join(it.dataDir, 'new'),
    it.at('hard-link'),
  ]
  for (const path of closed.slice(0, 3)) {
    for (const answer of [
      await it.call(readHostFile, { query: { path } }),
      await it.call(downloadHostFile, { query: { path } }),
      await it.call(writeHostFile, { body: { path, content: '{}' } }),
      await it.call(uploadHostFile, { query: { path, size: 0, overwrite: true } }),
    ]) {
      expect([path, answer.status, answer.json().code]).toEqual([path, 403, 'path_protected'])
    }
  }
  const linked = await it.call(readHostFile, { query: { path: it.at('hard-link') } })
  expect([linked.status, linked.json().code]).toEqual([403, 'path_protected'])
  const listed = await it.call(listHostFiles, { query: { path: it.dataDir } })
  expect([listed.status, listed.json().code]).toEqual([403, 'path_protected'])
  expect(fs.readdirSync(it.dataDir)).not.toContain('new')
  // The system's own views are no files: the environment of every process, the memory of ours.
  for (const path of ['/proc/self/environ', '/proc/1/environ', '/proc/self/mem', '/sys/kernel/notes']) {
    const answer = await it.call(readHostFile, { query: { path } })
    expect([`403 ${path}`, `400 ${path}`]).toContain(`${answer.status} ${path}`)
  }
  for (const path of ['/dev/zero', '/dev/tty']) {
    const answer = await it.call(downloadHostFile, { query: { path } })
    expect([`400 ${path}`, `404 ${path}`]).toContain(`${answer.status} ${path}`)
  }
})

test('names of every kind come back as they are, and links as what they say', async () => {
  await using it = await hostFilesStage()
  const names = [
    'two\nlines',
    '\u001b[31mred',
    'emoji 🎮',
    '‮gpj.exe',
    'e\u0301 and é',
    'it\'s "quoted"',
    'trailing ',
    '%2e%2e',
    'back\\slash',
    '-rf',
    'n'.repeat(255),
    '..hidden',
    '*?[a]',
  ]
  for (const name of names) fs.writeFileSync(it.at(name), name)
  fs.writeFileSync(Buffer.concat([Buffer.from(`${it.allowed}/`), Buffer.from([0x62, 0xff, 0xfe])]), 'raw')
  fs.symlinkSync('/etc/shadow', it.at('link'))
  execFileSync('mkfifo', [it.at('pipe')])
  const { items } = (await it.call(listHostFiles, { query: { path: it.allowed } })).json() as {
    items: { name: string; path: string; type: string; target: string | null }[]
  }
  expect(
    items
      .filter(({ type }) => type === 'file')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(names.toSorted())
  for (const { path, name } of items.filter(({ type }) => type === 'file')) {
    expect((await it.call(readHostFile, { query: { path } })).json().content).toBe(name)
    const { headers, status } = await it.call(downloadHostFile, { query: { path } })
    expect(status).toBe(200)
    expect(headers['content-disposition']).toMatch(
      /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9%._~-]*$/,
    )
  }
  expect(items.find(({ name }) => name === 'link')).toMatchObject({ type: 'link', target: '/etc/shadow' })
  expect(items.filter(({ type }) => type === 'other').map(({ name }) => name)).toEqual(['b\ufffd\ufffd', 'pipe'])
})

test('a folder of very many is listed as far as is agreed, and says so', async () => {
  await using it = await hostFilesStage()
  for (let n = 0; n < MAX_LISTED; n++) fs.writeFileSync(it.at(`file ${n}`), '')
  const all = (await it.call(listHostFiles, { query: { path: it.allowed } })).json()
  expect([all.items.length, all.is_truncated]).toEqual([MAX_LISTED, false])
  fs.mkdirSync(it.at('one more'))
  const cut = (await it.call(listHostFiles, { query: { path: it.allowed } })).json()
  expect([cut.items.length, cut.is_truncated]).toEqual([MAX_LISTED, true])
}, 60_000)

test('what is not text, or too long for it, is not shown as text', async () => {
  await using it = await hostFilesStage()
  const read = async (bytes: Buffer | string) => {
    fs.writeFileSync(it.at('file'), bytes)
    const { status, json } = await it.call(readHostFile, { query: { path: it.at('file') } })
    return status === 200 ? json().content : json().code
  }
  expect(await read(Buffer.from([0xff, 0xfe, 0x41]))).toBe('not_text')
  expect(await read('a\0b')).toBe('not_text')
  expect(await read('\u0001'.repeat(3_000_000))).toBe('not_text')
  expect(await read(Buffer.alloc(4 * 1024 * 1024 + 1, 97))).toBe('file_too_large')
  expect(await read('')).toBe('')
  expect(await read('\ufeffmark\r\n\u001b[1mred\u001b[0m in a longer line')).toBe(
    '\ufeffmark\r\n\u001b[1mred\u001b[0m in a longer line',
  )
  const long = '\n'.repeat(4 * 1024 * 1024)
  expect(await read(long)).toBe(long)
  const written = await it.call(writeHostFile, { body: { path: it.at('file'), content: 'é'.repeat(3_000_000) } })
  expect([written.status, written.json().code]).toEqual([413, 'file_too_large'])
})
