import { expect, onTestFinished, test } from 'vitest'
import type { LogSettings } from '#contract/admin'
import { fakeClock } from '#server/testing/clock'
import { selfSigned, streamReceiver, udpReceiver } from '#server/testing/syslog'
import { until } from '#server/testing/until'
import { createSyslog } from './sender.ts'

type Target = LogSettings['syslog']

function sender(target: Partial<Target> & { port: number }) {
  const clock = fakeClock()
  const syslog = createSyslog(clock)
  onTestFinished(() => syslog.close())
  const to = (change: Partial<Target>) =>
    syslog.configure({
      enabled: true,
      protocol: 'tcp',
      host: '127.0.0.1',
      ca: '',
      content: 'audit',
      ...target,
      ...change,
    })
  to({})
  return { clock, syslog, to }
}

test('messages arrive in order over UDP, TCP and TLS', async () => {
  const tls = selfSigned()
  await using udp = await udpReceiver()
  await using tcp = await streamReceiver()
  await using secure = await streamReceiver({ tls })
  for (const [receiver, target] of [
    [udp, { protocol: 'udp', port: udp.port }],
    [tcp, { protocol: 'tcp', port: tcp.port, host: 'localhost' }],
    [secure, { protocol: 'tls', port: secure.port, host: 'localhost', ca: tls.cert }],
  ] as const) {
    const { syslog } = sender(target)
    const sent = Array.from({ length: 100 }, (_, n) => `message ${n} 日本\n`)
    for (const message of sent) syslog.send('audit', message)
    await until(() => receiver.messages.length === 100)
    expect(receiver.messages).toEqual(sent)
    await until(() => syslog.state().sent === 100)
    expect(syslog.state()).toEqual({ sent: 100, dropped: 0, last_error: null, connected: true })
  }
})

test('a certificate that the CA did not sign, or of another name, is refused', async () => {
  const tls = selfSigned()
  await using secure = await streamReceiver({ tls })
  const { syslog, to } = sender({ protocol: 'tls', port: secure.port, host: 'localhost' })
  syslog.send('audit', 'secret')
  await until(() => syslog.state().last_error !== null)
  expect(syslog.state().last_error).toMatch(/self.signed/)
  to({ ca: selfSigned().cert })
  await until(() => syslog.state().last_error !== null)
  expect([syslog.state().sent, secure.messages]).toEqual([0, []])
  to({ ca: tls.cert })
  await until(() => secure.messages.length === 1)
})

test('what is sent while the server is away arrives when it is back, and each wait is longer', async () => {
  const first = await streamReceiver()
  const { clock, syslog } = sender({ port: first.port })
  syslog.send('audit', 'one')
  await until(() => first.messages.length === 1)
  await first[Symbol.asyncDispose]()
  await until(() => !syslog.state().connected)
  syslog.send('audit', 'two')
  // Half a second, then twice as long each time.
  for (const wait of [500, 1000, 2000]) {
    const { last_error } = syslog.state()
    expect(last_error).not.toBeNull()
    clock.advance(wait)
    await new Promise((resolve) => setImmediate(resolve))
    await until(() => !syslog.state().connected)
  }
  await using second = await streamReceiver({ port: first.port })
  await until(() => {
    clock.advance(30_000)
    return second.messages.includes('two')
  })
  await until(() => syslog.state().connected)
})

test('a flood is bounded and counted, audit rows keep their half, and the sender is not held up', async () => {
  await using receiver = await streamReceiver({ isReading: false })
  const { syslog } = sender({ port: receiver.port })
  await until(() => syslog.state().connected)
  const line = 'x'.repeat(1000)
  for (let n = 0; n < 100_000; n++) syslog.send('log', line)
  const { sent, dropped } = syslog.state()
  expect(sent + dropped).toBeGreaterThan(90_000)
  const before = dropped
  for (let n = 0; n < 2000; n++) syslog.send('audit', line)
  expect(syslog.state().dropped).toBe(before)
  for (let n = 0; n < 20_000; n++) syslog.send('audit', line)
  expect(syslog.state().dropped).toBeGreaterThan(before + 10_000)
})

test('a host that does not exist or does not listen is an error that is told, never thrown', async () => {
  await using receiver = await udpReceiver()
  const { port } = receiver
  for (const target of [
    { protocol: 'udp', host: 'no-such-host.invalid', port },
    { protocol: 'tcp', host: 'no-such-host.invalid', port },
    { protocol: 'tcp', port: 1 },
  ] as const) {
    const { syslog } = sender(target)
    syslog.send('audit', 'x')
    await until(() => syslog.state().last_error !== null)
    expect(syslog.state()).toMatchObject({ sent: 0, dropped: 0, connected: false })
  }
})
