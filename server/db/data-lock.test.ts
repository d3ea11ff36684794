import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DataInUseError, lockData } from './data-lock.ts'

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'shardlyn-lock-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

test('one holder at a time, and the next when it lets go', () => {
  const dataDir = folder()
  const unlock = lockData(dataDir)
  expect(() => lockData(dataDir)).toThrow(DataInUseError)
  expect(() => lockData(dataDir)).toThrow(`process ${process.pid}`)
  unlock()
  lockData(dataDir)()
})

test('the lock of another process holds, and ends with it when it is killed', async () => {
  const dataDir = folder()
  const script = `import { lockData } from ${JSON.stringify(new URL('data-lock.ts', import.meta.url).href)}
    lockData(${JSON.stringify(dataDir)}); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  expect(() => lockData(dataDir)).toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockData(dataDir)()
})
