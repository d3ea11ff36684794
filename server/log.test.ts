import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('secrets are redacted by name wherever a log line carries them', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  log.info(
    {
      password: 'hunter2',
      body: { refresh_token: 'hunter2' },
      req: { headers: { authorization: 'hunter2', 'x-agent-token': 'hunter2' } },
    },
    'x',
  )
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('hunter2')
  expect(lines[0]).toContain('[redacted]')
})
