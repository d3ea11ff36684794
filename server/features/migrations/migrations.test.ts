import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listActivity, listTasks } from '#contract/activity'
import {
  deleteInstance,
  getInstance,
  restartInstance,
  startInstance,
  stopInstance,
  updateInstance,
} from '#contract/instances'
import { deleteNode } from '#contract/nodes'
import { engineWithImage } from '#agent/features/instances/testing'
import { listTree } from '#agent/features/transfer/manifest'
import { agentPaths } from '#contract/agent'
import { manifestLine } from '#contract/transfer'
import { until } from '#server/testing/until'
import { gate, script, still, twoMachines } from '#server/testing/moving'

const engine = await engineWithImage()
const missing = 'missing' in engine ? `, skipped: ${engine.missing}` : ''
const TEST_IMAGE = 'shardlyn-test-busybox:1'

async function treeOf(root: string): Promise<string[]> {
  const lines: string[] = []
  for await (const entry of listTree(root)) lines.push(manifestLine(entry))
  return lines.toSorted()
}

test('a running server moves with its data, runs there, and is gone from where it was', async () => {
  await using it = await twoMachines()
  const id = await it.deploy()
  fs.mkdirSync(join(it.attic.dataOf(id), 'world'))
  fs.writeFileSync(join(it.attic.dataOf(id), 'world', 'level.dat'), 'a map')

  const ended = await it.ended(await it.move(id))
  expect(ended).toMatchObject({
    state: 'done',
    reason: null,
    files_total: 1,
    files_done: 1,
    bytes_total: 5,
    bytes_done: 5,
    percent: 100,
    is_cancellable: false,
  })
  expect(ended.downtime_ms).toBeGreaterThan(0)
  await until(async () => (await it.read(id)).state === 'running')
  expect(await it.read(id)).toMatchObject({ node_id: it.cellar.nodeId(), desired_state: 'running' })
  expect(fs.readFileSync(join(it.cellar.dataOf(id), 'world', 'level.dat'), 'utf8')).toBe('a map')
  expect(fs.existsSync(join(it.attic.dataDir, 'instances', id))).toBe(false)
  expect(fs.existsSync(join(it.cellar.dataDir, 'imports', id))).toBe(false)

  const actions = (await it.app.signedIn(listActivity, { query: { subject_id: id } })).json().items as {
    action: string
  }[]
  expect(actions.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['instance.migration_begun', 'instance.migration_finished']),
  )
  const tasks = (await it.app.signedIn(listTasks)).json().items as { kind: string; state: string }[]
  expect(tasks.find(({ kind }) => kind === 'instance.migrate')).toMatchObject({ state: 'done' })
})

test('links, modes, empty folders, holes and times arrive as they were', async () => {
  await using it = await twoMachines()
  const id = await it.deploy(still, { start: false })
  const root = it.attic.dataOf(id)
  fs.mkdirSync(join(root, 'empty', 'below'), { recursive: true })
  fs.mkdirSync(join(root, 'closed'), { mode: 0o500 })
  fs.writeFileSync(join(root, 'run.sh'), '#!/bin/sh\n')
  fs.chmodSync(join(root, 'run.sh'), 0o750)
  fs.writeFileSync(join(root, 'suid'), 'x')
  fs.chmodSync(join(root, 'suid'), 0o4755)
  fs.writeFileSync(join(root, 'same-a'), 'same')
  fs.writeFileSync(join(root, 'same-b'), 'same')
  fs.writeFileSync(join(root, 'nothing'), '')
  fs.writeFileSync(join(root, 'ñ "quoted"\n&?#%.txt'), 'odd')
  fs.symlinkSync('../../../../etc/passwd', join(root, 'outside'))
  fs.symlinkSync('run.sh', join(root, 'inside'))
  fs.symlinkSync('nowhere', join(root, 'dangling'))
  fs.utimesSync(join(root, 'run.sh'), 1_000_000_000, 1_000_000_000)
  const holes = fs.openSync(join(root, 'holes'), 'w')
  fs.writeSync(holes, 'begin', 0)
  fs.writeSync(holes, 'end', 8 * 1024 * 1024)
  fs.closeSync(holes)
  const before = await treeOf(root)

  expect(await it.ended(await it.move(id))).toMatchObject({ state: 'done', downtime_ms: null })
  const there = it.cellar.dataOf(id)
  expect(await treeOf(there)).toEqual(before)
  expect(fs.statSync(join(there, 'suid')).mode & 0o7777).toBe(0o755)
  expect(fs.statSync(join(there, 'run.sh')).mtimeMs).toBe(1_000_000_000_000)
  expect(fs.statSync(join(there, 'same-a')).ino).not.toBe(fs.statSync(join(there, 'same-b')).ino)
  expect(fs.statSync(join(there, 'holes')).blocks * 512).toBeLessThan(1024 * 1024)
  expect(await it.read(id)).toMatchObject({ state: 'stopped', node_id: it.cellar.nodeId() })
})

test('a server that was never started moves as an empty folder, and starts there', async () => {
  await using it = await twoMachines()
  const id = await it.deploy(still, { start: false })
  // Its machine knows of it, but has made nothing for it yet.
  expect(fs.existsSync(it.attic.dataOf(id))).toBe(false)
  expect(await it.ended(await it.move(id, 'live'))).toMatchObject({ state: 'done', reason: null, files_total: 0 })
  expect(it.attic.instances.find(id)).toBeUndefined()
  expect(fs.readdirSync(it.cellar.dataOf(id))).toEqual([])
  expect(await it.read(id)).toMatchObject({ state: 'stopped', node_id: it.cellar.nodeId() })
  expect((await it.app.signedIn(startInstance, { params: { id } })).status).toBe(202)
  await until(async () => (await it.read(id)).state === 'running')
})

test('a thousand small files and a large one arrive whole', { timeout: 60_000 }, async () => {
  await using it = await twoMachines()
  const id = await it.deploy()
  const root = it.attic.dataOf(id)
  for (let folder = 0; folder < 10; folder++) {
    fs.mkdirSync(join(root, `d${folder}`))
    for (let file = 0; file < 100; file++) fs.writeFileSync(join(root, `d${folder}`, `${file}`), `${folder} ${file}`)
  }
  fs.writeFileSync(join(root, 'large'), Buffer.alloc(32 * 1024 * 1024, 'abcdefg'))
  const before = await treeOf(root)
  const ended = await it.ended(await it.move(id), 55_000)
  expect(ended).toMatchObject({ state: 'done', files_total: 1001, files_done: 1001 })
  expect(await treeOf(it.cellar.dataOf(id))).toEqual(before)
})

test('a server that writes while it is copied arrives with its last word', async () => {
  await using it = await twoMachines()
  const last = 'n=0; trap "echo $n > last; exit 0" TERM; while :; do n=$((n+1)); echo $n >> log; cp log copy; done'
  const id = await it.deploy(script(last))
  fs.writeFileSync(join(it.attic.dataOf(id), 'world'), Buffer.alloc(8 * 1024 * 1024, 'map'))
  const ended = await it.ended(await it.move(id, 'live'))
  expect(ended).toMatchObject({ state: 'done', mode: 'live' })
  const there = it.cellar.dataOf(id)
  const said = Number(fs.readFileSync(join(there, 'last'), 'utf8'))
  const lines = fs.readFileSync(join(there, 'log'), 'utf8').split('\n')
  // Everything that it wrote before it stopped, then what it writes here from its own beginning.
  expect(lines.slice(0, said).map(Number)).toEqual(Array.from({ length: said }, (_, n) => n + 1))
  const sum = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex')
  expect(sum(join(there, 'world'))).toBe(
    createHash('sha256')
      .update(Buffer.alloc(8 * 1024 * 1024, 'map'))
      .digest('hex'),
  )
})

test('while a server moves nobody else changes it, and its machines stay', async () => {
  const held = gate('GET', agentPaths.exportFile)
  await using it = await twoMachines({ source: { instead: held.instead } })
  const id = await it.deploy()
  fs.writeFileSync(join(it.attic.dataOf(id), 'a'), 'a')
  const move = await it.move(id)
  await held.asked

  expect((await it.read(id)).state).toBe('migrating')
  for (const op of [startInstance, stopInstance, restartInstance]) {
    const refused = await it.app.signedIn(op, { params: { id } })
    expect([refused.status, refused.json().code]).toEqual([409, 'instance_migrating'])
  }
  const changed = await it.app.signedIn(updateInstance, { params: { id }, body: { name: 'other' } })
  expect([changed.status, changed.json().code]).toEqual([409, 'instance_migrating'])
  const deleted = await it.app.signedIn(deleteInstance, { params: { id }, query: { data: 'delete' } })
  expect([deleted.status, deleted.json().code]).toEqual([409, 'instance_migrating'])
  const twice = await it.migrate(id)
  expect([twice.status, twice.json().code]).toEqual([409, 'instance_migrating'])
  for (const node of [it.attic, it.cellar]) {
    const refused = await it.app.signedIn(deleteNode, { params: { id: node.nodeId() } })
    expect([refused.status, refused.json().code]).toEqual([409, 'node_migrating'])
  }
  held.open()
  expect(await it.ended(move)).toMatchObject({ state: 'done' })
  expect((await it.app.signedIn(stopInstance, { params: { id } })).status).toBe(202)
  expect((await it.app.signedIn(getInstance, { params: { id } })).status).toBe(200)
})

test.skipIf(missing !== '')(
  `a server in a container moves, and only its own machine removes what it left${missing}`,
  { timeout: 60_000 },
  async () => {
    await using it = await twoMachines()
    const commands =
      'echo $((1 + $(cat starts 2>/dev/null || echo 0))) > starts; trap "exit 0" TERM; while :; do sleep 0.1; done'
    const id = await it.deploy({
      runtime: 'docker',
      image: TEST_IMAGE,
      command: ['/bin/sh', '-c', `cd /data; ${commands}`],
      volumes: [{ name: 'data', mountPath: '/data' }],
      stopTimeout: 5,
    })
    await until(() => fs.existsSync(join(it.attic.dataOf(id), 'starts')))
    const ended = await it.ended(await it.move(id, 'live'), 50_000)
    expect(ended).toMatchObject({ state: 'done', reason: null })
    await until(() => fs.readFileSync(join(it.cellar.dataOf(id), 'starts'), 'utf8') === '2\n')
    await until(async () => (await it.read(id)).state === 'running')
    expect(it.attic.instances.find(id)).toBeUndefined()
  },
)
