import { expect, test } from 'vitest'
import type { AuditLog } from '#contract/audit'
import { parseSyslog } from '#server/testing/syslog'
import { auditMessage, cut, logMessage } from './message.ts'

const row: AuditLog = {
  id: '01900000-0000-7000-8000-000000000000',
  at: '2026-01-31T12:00:00.123Z',
  organization_id: null,
  actor_type: 'user',
  actor_id: 'u',
  actor_name: 'ana@example.com',
  action: 'instance.created',
  subject_type: 'instance',
  subject_id: 'i',
  subject_name: 'survival',
  ip: '127.0.0.1',
  outcome: 'done',
  reason: null,
  details: '{"node":"box"}',
}

test('a row is a message with its fields as structured data', () => {
  const parsed = parseSyslog(auditMessage(row))
  expect(parsed).toMatchObject({ facility: 13, severity: 6, at: row.at, app: 'shardlyn', id: 'instance.created' })
  expect(parsed.data).toEqual({
    id: row.id,
    actor_type: 'user',
    actor_id: 'u',
    actor_name: 'ana@example.com',
    action: 'instance.created',
    subject_type: 'instance',
    subject_id: 'i',
    subject_name: 'survival',
    ip: '127.0.0.1',
    outcome: 'done',
  })
  expect(parsed.text).toBe('ana@example.com instance.created instance survival: done {"node":"box"}')
  expect(parseSyslog(auditMessage({ ...row, outcome: 'refused' })).severity).toBe(4)
  expect(parseSyslog(auditMessage({ ...row, outcome: 'failed' })).severity).toBe(3)
})

test.each([
  'a"] x="y',
  'back\\slash\\',
  ']',
  'line\r\n<13>1 2026-01-01T00:00:00Z evil app - - - forged',
  'nul\0tab\tescape\u001b[31m\u0085\u2028',
  '\ud800 half',
  '日本語 🎮',
])('%j in a field or a text stays one message', (nasty) => {
  const message = auditMessage({ ...row, subject_name: nasty, actor_name: nasty, reason: nasty, details: nasty })
  expect(message).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
  const { data, text } = parseSyslog(message)
  expect(Object.keys(data ?? {})).toHaveLength(11)
  expect(data?.['subject_name']).toBe(data?.['reason'])
  expect(text.startsWith(data?.['actor_name'] ?? '?')).toBe(true)
})

test.each(['a"] x="y', 'back\\slash\\', ']', '日本語 🎮'])('%j is read again as it was', (text) => {
  expect(parseSyslog(auditMessage({ ...row, reason: text })).data?.['reason']).toBe(text)
})

test('an action that is none does not break the header, and the longest fields leave the data whole in a datagram', () => {
  expect(parseSyslog(auditMessage({ ...row, action: 'a b\nc' })).id).toBe('abc')
  expect(parseSyslog(auditMessage({ ...row, action: '\n' })).id).toBe('-')
  const long = '"日'.repeat(5000)
  const message = cut(auditMessage({ ...row, actor_name: long, subject_name: long, reason: long, details: long }), 8192)
  expect(message.length).toBeLessThanOrEqual(8192)
  expect(parseSyslog(message.toString()).data?.['outcome']).toBe('done')
})

test('a line of the server’s log keeps its severity and time', () => {
  const line = '{"level":50,"time":"2026-01-31T12:00:00.000Z","msg":"a\\nb"}\n'
  expect(parseSyslog(logMessage(line))).toMatchObject({
    facility: 3,
    severity: 3,
    at: '2026-01-31T12:00:00.000Z',
    data: null,
    text: line.trim(),
  })
  expect(parseSyslog(logMessage('no json')).severity).toBe(6)
})
