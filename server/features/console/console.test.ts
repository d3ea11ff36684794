import { expect, test } from 'vitest'
import { listActivity } from '#contract/activity'
import {
  clearLogs,
  downloadLogs,
  getInstallLogs,
  getLogHistory,
  openConsole,
  openLogs,
  UNACKED_MAX,
} from '#contract/console'
import { deleteInstance } from '#contract/instances'
import { newId } from '#server/ids'
import { rawViewer } from '#server/testing/raw-viewer'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

/** Numbered lines, so that a lost or doubled byte shows. */
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}\r\n`).join('')

async function console() {
  const it = await stage()
  const id = await it.running()
  return { ...it, id, server: it.agent.server(id), [Symbol.asyncDispose]: it[Symbol.asyncDispose] }
}

test('a viewer begins with the end of the log, says where that is, and goes on live', async () => {
  await using it = await console()
  it.server.log.print(lines(0, 100))
  using viewer = await rawViewer(it.app, it.id, { query: { tail: 40 } })
  await until(() => viewer.size() > 0)
  const { length } = lines(0, 100)
  expect(viewer.messages).toEqual([{ type: 'start', offset: length - viewer.size(), oldest: 0, newest: length }])
  expect(lines(0, 100).endsWith(viewer.text())).toBe(true)
  it.server.log.print('live\r\n')
  await until(() => viewer.text().endsWith('live\r\n'))
  expect(viewer.offset()).toBe(it.server.log.newest())
})

test('fifty cuts of the tunnel lose and double no byte, and viewers are told of them', async () => {
  await using it = await console()
  using viewer = await rawViewer(it.app, it.id, { query: { from: 0 } })
  using late = await rawViewer(it.app, it.id, { query: { tail: 0 } })
  let n = 0
  for (let cut = 0; cut < 50; cut++) {
    it.server.log.print(lines(n, (n += 50)))
    if (cut % 3 === 0) await until(() => viewer.offset() === it.server.log.newest())
    await it.agent.disconnect()
    it.server.log.print(lines(n, (n += 50)))
    await it.agent.connect()
  }
  await until(() => viewer.offset() === it.server.log.newest() && late.offset() === it.server.log.newest())
  expect(viewer.text()).toBe(lines(0, n))
  expect(lines(0, n).endsWith(late.text())).toBe(true)
  expect(viewer.types().filter((type) => type === 'gap')).toEqual([])
  expect(viewer.types().filter((type) => type === 'reconnecting').length).toBeGreaterThan(5)
  expect(viewer.types().at(-1)).toBe('start')
})

test('what was rotated away meanwhile is told as a gap of its size', async () => {
  await using it = await console()
  it.server.log.print(lines(0, 10))
  using viewer = await rawViewer(it.app, it.id, { query: { from: 0 } })
  await until(() => viewer.offset() === it.server.log.newest())
  const before = viewer.offset()
  await it.agent.disconnect()
  it.server.log.print(lines(10, 1000))
  it.server.log.dropUpTo(5000)
  await it.agent.connect()
  await until(() => viewer.offset() === it.server.log.newest())
  expect(viewer.messages.filter(({ type }) => type === 'gap')).toEqual([{ type: 'gap', from: before, to: 5000 }])
  expect(viewer.text()).toBe(lines(0, 10) + lines(0, 1000).slice(5000))
  using resumed = await rawViewer(it.app, it.id, { query: { from: 7 } })
  await until(() => resumed.offset() === it.server.log.newest())
  expect(resumed.messages.map(({ type, ...rest }) => [type, rest])).toEqual([
    ['start', { offset: 5000, oldest: 5000, newest: it.server.log.newest() }],
    ['gap', { from: 7, to: 5000 }],
  ])
  expect(resumed.text()).toBe(lines(0, 1000).slice(5000))
})

test('viewers at the live end share one stream of the tunnel, wherever they began', async () => {
  await using it = await console()
  it.server.log.print(lines(0, 200_000))
  const all = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      rawViewer(it.app, it.id, { query: i % 3 === 0 ? { from: i * 1000 } : { tail: i * 1000 } }),
    ),
  )
  await until(() => all.every((viewer) => viewer.offset() === it.server.log.newest()))
  it.server.log.print(lines(200_000, 200_100))
  await until(() => all.every((viewer) => viewer.text().endsWith('line 200099\r\n')) && it.server.consoles.size === 1)
  const whole = Buffer.from(lines(0, 200_100))
  for (const viewer of all) {
    const begun = viewer.messages[0]
    expect(begun?.type === 'start' && viewer.bytes().equals(whole.subarray(begun.offset))).toBe(true)
    viewer.socket.terminate()
  }
  await until(() => it.server.consoles.size === 0)
})

test('a viewer that stands still holds up nobody and gets no more than it may have under way; then it gets everything', async () => {
  await using it = await console()
  using slow = await rawViewer(it.app, it.id, { query: { from: 0 }, acknowledges: false })
  using quick = await rawViewer(it.app, it.id, { query: { from: 0 } })
  const output = lines(0, 300_000)
  for (let at = 0; at < output.length; at += 500_000) {
    it.server.log.print(output.slice(at, at + 500_000))
    await until(() => quick.offset() === it.server.log.newest())
  }
  expect(quick.text()).toBe(output)
  expect(slow.size()).toBeGreaterThanOrEqual(UNACKED_MAX)
  expect(slow.size()).toBeLessThan(UNACKED_MAX + 128 * 1024)
  expect(it.server.consoles.size).toBe(1)
  slow.acknowledges = true
  slow.ack()
  await until(() => slow.offset() === it.server.log.newest())
  expect(slow.text()).toBe(output)
  await until(() => it.server.consoles.size === 1)
})

test('when nobody reads, the machine is not asked for more', async () => {
  await using it = await console()
  using viewer = await rawViewer(it.app, it.id, { query: { from: 0 }, acknowledges: false })
  it.server.log.print(Buffer.alloc(40 * 1024 * 1024, 'x'))
  await until(() => viewer.size() >= UNACKED_MAX)
  // The stream is given back after two seconds; what was under way in it is not kept either.
  await until(() => it.server.consoles.size === 0)
  expect(viewer.size()).toBeLessThan(UNACKED_MAX + 128 * 1024)
  viewer.acknowledges = true
  viewer.ack()
  await until(() => viewer.offset() === 40 * 1024 * 1024)
  expect(viewer.size()).toBe(40 * 1024 * 1024)
})

test('what is typed arrives in order; sizes arrive; what cannot be sent is refused and not kept', async () => {
  await using it = await console()
  using viewer = await rawViewer(it.app, it.id)
  for (let i = 0; i < 200; i++) viewer.say({ type: 'input', data: `say ${i} ü\n` })
  viewer.say({ type: 'resize', cols: 120, rows: 40 })
  const typed = () => it.server.typed.join('')
  await until(() => typed().endsWith('say 199 ü\n') && it.server.sizes.length > 0)
  expect(typed()).toBe(Array.from({ length: 200 }, (_, i) => `say ${i} ü\n`).join(''))
  expect(it.server.sizes.at(-1)).toEqual({ cols: 120, rows: 40 })

  it.agent.answers.set('POST /instances/:id/input', () => ({
    status: 409,
    json: { error: 'The server does not run.', code: 'not_running' },
  }))
  viewer.say({ type: 'input', data: 'lost\n' })
  await until(() => viewer.messages.some(({ type }) => type === 'refused'))
  expect(viewer.messages.at(-1)).toEqual({ type: 'refused', code: 'not_running', error: 'The server does not run.' })
  it.agent.answers.clear()
  await it.agent.disconnect()
  viewer.say({ type: 'input', data: 'stop\n' })
  await until(() => viewer.messages.some((message) => message.type === 'refused' && message.code === 'node_offline'))
  await it.agent.connect()
  viewer.say({ type: 'input', data: 'after\n' })
  await until(() => typed().endsWith('after\n'))
  expect(typed()).not.toMatch(/lost|stop/)
})

test('logs are read only, and messages that mean nothing end in a closed socket', async () => {
  await using it = await console()
  using logs = await rawViewer(it.app, it.id, { op: openLogs })
  logs.say({ type: 'input', data: 'stop\n' })
  logs.say({ type: 'resize', cols: 80, rows: 24 })
  await until(() => logs.types().filter((type) => type === 'refused').length === 2)
  expect(logs.messages.at(-1)).toMatchObject({ type: 'refused', code: 'read_only' })
  using viewer = await rawViewer(it.app, it.id)
  const nonsense = [
    '',
    '{',
    '[]',
    'null',
    '{"type":"input"}',
    '{"type":"input","data":1}',
    '{"type":"resize","cols":1,"rows":1}',
    '{"type":"ack","offset":-1}',
    '{"type":"ack","offset":1e400}',
    '{"type":"input","data":"x","__proto__":1}',
  ]
  for (const message of [...nonsense, ...nonsense]) viewer.say(message)
  await until(() => viewer.closed() !== undefined)
  expect(viewer.closed()?.code).toBe(1008)
  expect(viewer.types().filter((type) => type === 'refused')).toHaveLength(20)
  expect([it.server.typed, it.server.sizes]).toEqual([[], []])
})

test('a viewer that acknowledges what it has not got gets no more than others', async () => {
  await using it = await console()
  using viewer = await rawViewer(it.app, it.id, { query: { from: 0 }, acknowledges: false })
  viewer.say({ type: 'ack', offset: Number.MAX_SAFE_INTEGER })
  it.server.log.print(Buffer.alloc(2 * 1024 * 1024, 'x'))
  await until(() => viewer.size() >= UNACKED_MAX)
  await until(() => it.server.consoles.size === 0)
  expect(viewer.size()).toBeLessThan(UNACKED_MAX + 128 * 1024)
})

test('a console opened while its machine is away begins when it is back', async () => {
  await using it = await console()
  it.server.log.print('before\r\n')
  await it.agent.disconnect()
  using viewer = await rawViewer(it.app, it.id)
  await until(() => viewer.types().includes('reconnecting'))
  expect(viewer.messages[0]).toMatchObject({ type: 'reconnecting', reason: expect.stringContaining('box is away') })
  await it.agent.connect()
  await until(() => viewer.text() === 'before\r\n')
  expect(viewer.types()).toEqual(['reconnecting', 'start'])
})

test('a deleted server closes its consoles', async () => {
  await using it = await console()
  using viewer = await rawViewer(it.app, it.id)
  await it.app.signedIn(deleteInstance, { params: { id: it.id }, query: { data: 'delete' } })
  await until(() => viewer.closed() !== undefined)
  expect(viewer.closed()?.code).toBe(4404)
})

test('the log is downloaded whole under a harmless name, and cleared for everybody', async () => {
  await using it = await stage()
  const id = await it.running({ name: '../"Ünï\\x; <b>' })
  const { log } = it.agent.server(id)
  log.print(lines(0, 100))
  using viewer = await rawViewer(it.app, id)
  await until(() => viewer.offset() === log.newest())
  const file = await it.app.signedIn(downloadLogs, { params: { id } })
  expect([file.status, file.text]).toEqual([200, lines(0, 100)])
  expect(file.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': 'attachment; filename="U-ni-x-b.log"',
  })
  expect((await it.app.signedIn(clearLogs, { params: { id } })).status).toBe(204)
  using later = await rawViewer(it.app, id)
  await until(() => later.types().includes('start'))
  log.print('new\r\n')
  await until(() => later.text() !== '' && viewer.text().endsWith('new\r\n'))
  expect(later.text()).toBe('new\r\n')
  expect((await it.app.signedIn(listActivity, { query: { subject_id: id } })).json().items[0].action).toBe(
    'instance.logs_cleared',
  )
})

test('history and install logs are the machine’s answers; one that is away says so', async () => {
  await using it = await console()
  const read = (
    op: typeof getLogHistory | typeof getInstallLogs | typeof downloadLogs | typeof clearLogs,
    query = {},
  ) => it.app.signedIn(op, { params: { id: it.id }, query })
  expect((await read(getLogHistory, { limit: 5, search: 'a&b' })).json()).toEqual({
    items: [],
    before: null,
    after: null,
    oldest: 0,
    newest: 0,
  })
  expect((await read(getInstallLogs)).json()).toEqual({ text: 'installed\n', next: 10, state: 'done' })
  it.agent.answers.set('GET /instances/:id/install-log', () => ({ status: 200, json: { text: 5 } }))
  expect((await read(getInstallLogs)).status).toBe(503)
  await it.agent.disconnect()
  for (const op of [getLogHistory, getInstallLogs, downloadLogs, clearLogs]) {
    const answer = await read(op)
    expect([op.schema.operationId, answer.status, answer.json().code]).toEqual([
      op.schema.operationId,
      503,
      'node_offline',
    ])
  }
})

test('consoles and logs of another organization are not there', async () => {
  await using it = await console()
  const { owner } = await it.app.addOrganization('Elsewhere')
  for (const id of [it.id, newId()]) {
    for (const op of [getLogHistory, getInstallLogs, downloadLogs, clearLogs]) {
      const answer = await it.app.call(op, { params: { id } }, { token: owner.token })
      expect([op.schema.operationId, answer.status, answer.json().code]).toEqual([
        op.schema.operationId,
        404,
        'instance_not_found',
      ])
    }
    for (const op of [openConsole, openLogs]) {
      using viewer = await rawViewer(it.app, id, { op, token: owner.token })
      expect(viewer.refusedWith()).toBe(404)
    }
  }
})
