import { expect, test } from 'vitest'
import { getLogSettings, listAuditLogs, updateLogSettings } from '#contract/admin'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'
import { parseSyslog, udpReceiver } from '#server/testing/syslog'
import { until } from '#server/testing/until'

const update = (app: TestApp, body: object) => app.signedIn(updateLogSettings, { body })

test('what nobody chose follows the start, what somebody chose stays, and each change is in the audit log', async () => {
  await using app = await testApp()
  expect((await app.signedIn(getLogSettings)).json()).toMatchObject({
    level: 'silent',
    audit_retention_days: 365,
    syslog: { enabled: false, content: 'audit' },
    syslog_state: { sent: 0, dropped: 0, last_error: null, connected: false },
  })
  expect((await update(app, { level: 'error' })).status).toBe(200)
  const changed = await update(app, { syslog: { host: 'logs.example.com', ca: '' } })
  expect(changed.json()).toMatchObject({ level: 'error', syslog: { enabled: false, host: 'logs.example.com' } })
  const log = await app.signedIn(listAuditLogs, { query: { action: 'log_settings.updated' } })
  expect(log.json().items).toHaveLength(2)
})

test.each([
  ['no host', { syslog: { enabled: true } }, 'syslog_host_missing'],
  ['a host with a line break', { syslog: { host: 'a\nb' } }, 'bad_host'],
  ['a CA that is none', { syslog: { ca: 'hello' } }, 'bad_certificate'],
  ['an unknown level', { level: 'loud' }, 'invalid_request'],
  ['a port too high', { syslog: { port: 70000 } }, 'invalid_request'],
])('refuses %s', async (_, body, code) => {
  await using app = await testApp()
  const answer = await update(app, body)
  expect([answer.status, answer.json().code]).toEqual([400, code])
})

test('rows older than they must be kept are deleted, never a younger one', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  await app.adminToken()
  const kept = async () =>
    (
      await app.control.db
        .selectFrom('audit_logs')
        .select('subject_name')
        .where('action', '=', 'thing.made')
        .orderBy('subject_name')
        .execute()
    ).map(({ subject_name }) => subject_name)
  const insert = app.control.database.prepare(
    `insert into audit_logs (id, at, actor_type, action, subject_type, subject_name, outcome)
     values (?, ?, 'system', 'thing.made', 'thing', ?, 'done')`,
  )
  const day = 86_400_000
  const limit = clock.now() - 30 * day
  const plant = (at: number, name: string, written = at) => insert.run(newId(written), new Date(at).toISOString(), name)
  app.control.database.transaction(() => {
    for (let n = 1; n <= 2500; n++) plant(limit - n, 'old')
    plant(limit, 'exactly')
    plant(limit + 1, 'younger')
    plant(limit + day, 'younger, with an id of another time', limit - day)
  })()
  expect((await update(app, { audit_retention_days: 30 })).status).toBe(200)
  const job = app.jobs.find(({ name }) => name === 'admin.forget_old_audit')
  await job?.run()
  expect(await kept()).toEqual(['exactly', 'younger', 'younger, with an id of another time'])
})

test('rows of the audit log arrive as syslog, and what a transaction undid does not', async () => {
  await using app = await testApp()
  await using receiver = await udpReceiver()
  await update(app, { syslog: { enabled: true, protocol: 'udp', host: '127.0.0.1', port: receiver.port } })
  await update(app, { level: 'silent' })
  await until(() => receiver.messages.length > 0)
  expect(parseSyslog(receiver.messages.at(-1) ?? '')).toMatchObject({
    id: 'log_settings.updated',
    data: { actor_name: 'admin@example.com', outcome: 'done' },
  })
  const before = receiver.messages.length
  const refused = await update(app, { syslog: { host: 'not a host' } })
  expect(refused.status).toBe(400)
  await update(app, { level: 'error' })
  await until(() => receiver.messages.length > before)
  expect(receiver.messages).toHaveLength(before + 1)
})

test('with the content all the server’s own log goes too, from the level that is set', async () => {
  await using app = await testApp()
  await using receiver = await udpReceiver()
  const syslog = { enabled: true, protocol: 'udp', host: '127.0.0.1', port: receiver.port, content: 'all' }
  await update(app, { level: 'warn', syslog })
  app.app.log.info('not told')
  app.app.log.warn({ password: 'hunter2' }, 'a\nb')
  await until(() =>
    receiver.messages.some((message) => message.includes('shardlyn') && parseSyslog(message).id === 'log'),
  )
  const lines = receiver.messages.map(parseSyslog).filter(({ id }) => id === 'log')
  expect(lines).toMatchObject([{ facility: 3, severity: 4, data: null }])
  expect(lines[0]?.text).toContain('a\\nb')
  expect(lines[0]?.text).not.toContain('hunter2')
})
