import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeLock } from './lock.ts'
import { identify } from './runtimes/process-table.ts'

let file: string
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'shardlyn-lock-')), 'agent.lock')
})
afterEach(() => rmSync(join(file, '..'), { recursive: true, force: true }))

/** A process that takes the lock, says whether it got it, and lives until it is killed. */
async function taker() {
  const code = `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
    console.log((await takeLock(process.argv[1])) ? 'got it' : 'refused'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    got: said.toString().trim() === 'got it',
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('the lock is held by one process, and free again when that was killed', async () => {
  const first = await taker()
  const second = await taker()
  expect([first.got, second.got, (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid]).toEqual([
    true,
    false,
    first.pid,
  ])
  await first.kill()
  const third = await taker()
  expect(third.got).toBe(true)
  await Promise.all([second.kill(), third.kill()])
})

test('of several that find a leftover lock at once, one gets it', async () => {
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, start: '1' }))
  const takers = await Promise.all([taker(), taker(), taker(), taker()])
  expect(takers.filter(({ got }) => got)).toHaveLength(1)
  await Promise.all(takers.map((one) => one.kill()))
})

test('a lock of another process with the same number, or half a lock, is a leftover', async () => {
  writeFileSync(file, JSON.stringify({ pid: process.ppid, start: '1' }))
  const release = await takeLock(file)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(identify(process.pid))
  release?.()
  expect(existsSync(file)).toBe(false)
  writeFileSync(file, '{"pid":')
  expect(await takeLock(file)).toBeDefined()
})

test('what is not ours any more is not released', async () => {
  const release = await takeLock(file)
  writeFileSync(file, JSON.stringify({ pid: 1, start: '1' }))
  release?.()
  expect(existsSync(file)).toBe(true)
})
