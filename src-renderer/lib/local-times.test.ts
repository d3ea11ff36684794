import { expect, test } from 'vitest'
import { startI18n } from './i18n.ts'
import { localTimes } from './local-times.ts'

test('a time of the server is said in the reader’s own', () => {
  startI18n()
  const at = new Date('2026-11-23T12:03:00Z')
  const own = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit' }).format(at)
  expect(localTimes('attic is away since 2026-11-23 12:03 UTC. Check it.')).toContain(own)
  expect(localTimes('attic is away since 2026-11-23 12:03 UTC. Check it.')).not.toContain('UTC')
  expect(localTimes('It ended with exit code 1.')).toBe('It ended with exit code 1.')
})
