import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { agentPaths } from '#contract/agent'
import type { ManifestEntry } from '#contract/migrations'
import { until } from '#server/testing/until'
import { lie, still, twoMachines } from '#server/testing/moving'

const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const entry = (path: string, change: Partial<ManifestEntry> = {}): ManifestEntry => ({
  path,
  type: 'file',
  size: 4,
  mode: 0o644,
  uid: 0,
  gid: 0,
  modified_ms: 0,
  sha256: sha('evil'),
  target: null,
  ...change,
})
const folder = (path: string, change: Partial<ManifestEntry> = {}) =>
  entry(path, { type: 'directory', size: 0, sha256: null, mode: 0o755, ...change })
const link = (path: string, target: string) => entry(path, { type: 'link', size: 0, sha256: null, mode: 0o777, target })

/** A source that tells of these, and gives `evil` for every file. */
const telling = (entries: readonly ManifestEntry[]) => (routes: Parameters<ReturnType<typeof lie>>[0]) => {
  const manifest = lie('GET', agentPaths.exportManifest, () => ({
    async stream(sink: Writable) {
      for (const each of entries) {
        if (!sink.write(`${JSON.stringify(each)}\n`)) await once(sink, 'drain')
      }
    },
  }))
  const evil = () => ({ stream: async (sink: Writable) => void sink.write('evil') })
  return lie('GET', agentPaths.exportFiles, evil)(lie('GET', agentPaths.exportFile, evil)(manifest(routes)))
}

test.each([
  ['an absolute path', [folder('.'), entry('/tmp/shardlyn-evil')]],
  ['a way up', [folder('.'), entry('../evil')]],
  ['a way up in the middle', [folder('.'), folder('a'), entry('a/../../evil')]],
  ['a link as a parent', [folder('.'), link('out', '/tmp'), entry('out/evil')]],
  ['a link that becomes a folder', [folder('.'), link('out', '/tmp'), folder('out'), entry('out/evil')]],
  ['a file as a parent', [folder('.'), entry('a'), entry('a/evil')]],
  ['one name twice', [folder('.'), entry('a'), entry('a')]],
  ['a folder that was never named', [folder('.'), entry('a/evil')]],
  ['no beginning', [entry('evil')]],
  ['a set-user-id program', [folder('.'), entry('evil', { mode: 0o4755 })]],
  ['an owner beyond all', [folder('.'), entry('evil', { uid: 2 ** 40 })]],
  ['an empty part', [folder('.'), folder('a'), entry('a//evil')]],
  ['a link without an end', [folder('.'), entry('l', { type: 'link', size: 0, sha256: null, target: '' })]],
] as const)('a source that tells of %s is refused, and nothing of it stays', async (_, entries) => {
  await using it = await twoMachines({ source: { instead: telling(entries) } })
  const id = await it.deploy(still)
  const outside = fs.existsSync('/tmp/evil')
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'failed', reason: expect.stringContaining('entry') })
  await until(async () => (await it.read(id)).state === 'running')
  expect((await it.read(id)).node_id).toBe(it.attic.nodeId())
  await until(() => fs.readdirSync(join(it.cellar.dataDir, 'imports')).length === 0)
  expect(fs.readdirSync(join(it.cellar.dataDir, 'instances'))).toEqual([])
  expect(fs.existsSync('/tmp/evil')).toBe(outside)
})

test.each([
  ['lies about a content', [folder('.'), entry('a', { sha256: sha('good') })]],
  ['sends less than it told', [folder('.'), entry('a', { size: 100_000 })]],
  ['tells of more than there can be', [folder('.'), entry('a', { size: Number.MAX_SAFE_INTEGER })]],
  ['tells what is no entry', [folder('.'), { path: 1 } as unknown as ManifestEntry]],
] as const)('a source that %s fails, and its server is where it was', async (_, entries) => {
  await using it = await twoMachines({ source: { instead: telling(entries) } })
  const id = await it.deploy(still)
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'failed' })
  await until(async () => (await it.read(id)).state === 'running')
  expect((await it.read(id)).node_id).toBe(it.attic.nodeId())
})

test('a source whose lines never end, or that sends a gigabyte of rubbish, is cut off', async () => {
  let sent = 0
  const rubbish = lie('GET', agentPaths.exportManifest, () => ({
    async stream(sink) {
      const chunk = Buffer.alloc(1024 * 1024, 'x')
      for (; sent < 1024; sent++) if (!sink.write(chunk)) await once(sink, 'drain')
    },
  }))
  await using it = await twoMachines({ source: { instead: rubbish } })
  const id = await it.deploy(still)
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'failed' })
  expect(sent).toBeLessThan(100)
  await until(async () => (await it.read(id)).state === 'running')
})

test('a file that is longer than it was told is cut at what was told, and only its hash decides', async () => {
  const long = lie('GET', agentPaths.exportFile, () => ({
    async stream(sink) {
      const chunk = Buffer.alloc(1024 * 1024, 'x')
      for (let n = 0; n < 1024; n++) if (!sink.write(chunk)) await once(sink, 'drain')
    },
  }))
  await using it = await twoMachines({ source: { instead: long } })
  const id = await it.deploy(still)
  fs.writeFileSync(join(it.attic.dataOf(id), 'a'), 'abcd')
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'failed' })
  await until(() => fs.readdirSync(join(it.cellar.dataDir, 'imports')).length === 0)
})

test.each([
  ['that it has all, without it', { digest: sha('nothing'), entries: 0 }],
  ['nonsense', { digest: 'yes' }],
])('a target that says %s does not get the server, and the source loses nothing', async (_, said) => {
  const done = lie('POST', agentPaths.importFinish, (request) => {
    request.body.resume()
    return { json: said }
  })
  await using it = await twoMachines({ target: { instead: done } })
  const id = await it.deploy(still)
  fs.writeFileSync(join(it.attic.dataOf(id), 'file'), 'mine')
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'failed' })
  await until(async () => (await it.read(id)).state === 'running')
  expect((await it.read(id)).node_id).toBe(it.attic.nodeId())
  expect(fs.readFileSync(join(it.attic.dataOf(id), 'file'), 'utf8')).toBe('mine')
})

test.each<[string, ReturnType<typeof lie>]>([
  [
    'has all contents already',
    lie('GET', agentPaths.importBegin, () => ({
      async stream(sink: Writable) {
        for (const text of ['mine', 'yours']) {
          sink.write(`${JSON.stringify({ sha256: sha(text), bytes: text.length, is_whole: true })}\n`)
        }
      },
    })),
  ],
  [
    'took each content that it threw away',
    lie('PUT', agentPaths.importFiles, (request) => {
      request.body.resume()
      return { json: { whole: request.query.getAll('sha256') } }
    }),
  ],
])('a target that says it %s is found out at the end, and the source loses nothing', async (_, instead) => {
  await using it = await twoMachines({ target: { instead } })
  const id = await it.deploy(still)
  for (const text of ['mine', 'yours']) fs.writeFileSync(join(it.attic.dataOf(id), text), text)
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'failed' })
  await until(async () => (await it.read(id)).state === 'running')
  expect((await it.read(id)).node_id).toBe(it.attic.nodeId())
  for (const text of ['mine', 'yours']) expect(fs.readFileSync(join(it.attic.dataOf(id), text), 'utf8')).toBe(text)
  await until(() => fs.readdirSync(join(it.cellar.dataDir, 'imports')).length === 0)
})

test('a machine says nothing of a server that is another’s by now, and cannot take it back', async () => {
  await using it = await twoMachines()
  const id = await it.deploy(still)
  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'done' })
  await until(async () => (await it.read(id)).state === 'running')
  // The source goes on to tell of it, as if it were there.
  const spec = it.cellar.instances.get(id).spec()
  await it.attic.instances.put({ ...spec, generation: spec.generation + 1, initial_power: 'stopped' })
  it.app.proxy.reset()
  await until(() => it.app.agents.isConnected(it.attic.nodeId()) && it.app.agents.isConnected(it.cellar.nodeId()))
  await until(async () => (await it.read(id)).state === 'running')
  expect((await it.read(id)).node_id).toBe(it.cellar.nodeId())
})
