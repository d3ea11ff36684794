import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

test('lines are JSON, errors keep their words, and the file is turned over when it has grown', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-log-'))
  const file = join(folder, 'agent.log')
  const log = createLogger(file, { maxBytes: 2000, echo: false })
  log.warn({ err: new Error('refused', { cause: new Error('why') }) }, 'could not')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    level: 'warn',
    msg: 'could not',
    err: { message: 'refused', cause: { message: 'why' } },
  })
  for (let n = 0; n < 100; n++) log.info({ n }, 'again')
  expect(existsSync(`${file}.1`)).toBe(true)
  expect(statSync(file).size).toBeLessThan(2200)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  rmSync(folder, { recursive: true })
})
