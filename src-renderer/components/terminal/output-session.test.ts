import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACK_EVERY } from '#contract/console'
import type { SocketState } from '../../lib/socket.ts'
import { type OutputConnect, type OutputQuery, type OutputStatus, openOutputSession } from './output-session.ts'

/** The far end of a console: a log with offsets, and one connection at a time. */
function farEnd(options: { isSlow?: boolean; from?: number } = {}) {
  const sent: { type: string; offset?: number; data?: string; cols?: number }[] = []
  const statuses: OutputStatus[] = []
  const refusals: string[] = []
  const waiting: (() => void)[] = []
  let screen = ''
  let handlers: Parameters<OutputConnect>[0] | undefined
  let isOpen = false
  const session = openOutputSession({
    ...(options.from !== undefined && { from: options.from }),
    connect: (given) => {
      handlers = given
      return {
        send(data) {
          if (isOpen && typeof data === 'string') sent.push(JSON.parse(data))
          return isOpen
        },
        retry: () => undefined,
        close: () => (isOpen = false),
      }
    },
    sink: {
      write(bytes, done) {
        screen += new TextDecoder().decode(bytes)
        if (options.isSlow) waiting.push(done)
        else done()
      },
      gap: (from, to) => (screen += `<${from}..${to}>`),
      restart: () => (screen += '<restart>'),
    },
    onStatus: (status) => statuses.push(status),
    onRefused: ({ code }) => refusals.push(code),
  })
  const state = (next: SocketState) => handlers?.onState(next)
  const text = (message: object) => handlers?.onMessage(JSON.stringify(message))
  return {
    session,
    sent,
    statuses,
    refusals,
    waiting,
    text,
    state,
    screen: () => screen,
    open: (): OutputQuery | undefined => {
      state({ status: 'connecting' })
      isOpen = true
      state({ status: 'open' })
      return handlers?.query()
    },
    lose: () => {
      isOpen = false
      state({ status: 'waiting', retryAt: 5, failures: 1 })
    },
    bytes: (content: string) => handlers?.onMessage(new TextEncoder().encode(content).buffer as ArrayBuffer),
    start: (offset: number, newest = offset) => text({ type: 'start', offset, oldest: 0, newest }),
  }
}

test('asks for the tail at first, and after a reconnect for the byte that it has not seen', () => {
  const far = farEnd()
  expect(far.open()).toEqual({ tail: 256 * 1024 })
  far.start(100)
  far.bytes('hello ')
  far.lose()

  expect(far.session.status()).toEqual({ kind: 'reconnecting', reason: null, retryAt: 5 })
  expect(far.open()).toEqual({ from: 106 })
  far.start(106)
  far.bytes('world')

  expect(far.screen()).toBe('hello world')
  expect(far.session.offset()).toBe(111)
  expect(far.session.status()).toEqual({ kind: 'live' })
})

test('drops bytes that come a second time, even where they end in the middle of a message', () => {
  const far = farEnd()
  far.open()
  far.start(0)
  far.bytes('abcdef')
  far.lose()
  far.open()
  far.start(2, 6)
  far.bytes('cd')
  far.bytes('efgh')

  expect(far.screen()).toBe('abcdefgh')
})

test('shows what is lost as a gap, once, whoever tells of it', () => {
  const far = farEnd()
  far.open()
  far.start(0)
  far.bytes('abc')
  far.lose()
  far.open()
  far.text({ type: 'gap', from: 3, to: 9 })
  far.start(9)
  far.bytes('jkl')
  far.text({ type: 'gap', from: 12, to: 20 })
  far.bytes('uvw')

  expect(far.screen()).toBe('abc<3..9>jkl<12..20>uvw')
  expect(far.session.offset()).toBe(23)
})

test('a log that began anew is shown anew instead of being waited for', () => {
  const far = farEnd()
  far.open()
  far.start(5000)
  far.bytes('old')
  far.lose()
  far.open()
  far.start(0, 3)
  far.bytes('new')

  expect(far.screen()).toBe('old<restart>new')
  expect(far.session.offset()).toBe(3)
})

test('acknowledges what the screen took in, not what arrived', () => {
  const far = farEnd({ isSlow: true })
  far.open()
  far.start(0)
  far.bytes('x'.repeat(ACK_EVERY - 1))
  far.bytes('yz')
  expect(far.sent).toEqual([])

  far.waiting.shift()?.()
  expect(far.sent).toEqual([])
  far.waiting.shift()?.()
  expect(far.sent).toEqual([{ type: 'ack', offset: ACK_EVERY + 1 }])
})

test('a slow screen does not acknowledge bytes of an earlier connection to the new one', () => {
  const far = farEnd({ isSlow: true })
  far.open()
  far.start(0)
  far.bytes('x'.repeat(ACK_EVERY))
  far.lose()
  far.open()
  far.start(ACK_EVERY)
  far.waiting.shift()?.()

  expect(far.sent).toEqual([])
})

test('types only while live, and says when it could not', () => {
  const far = farEnd()
  expect(far.session.type('early\n')).toBe(false)
  far.open()
  far.start(0)
  expect(far.session.type('say hello\n')).toBe(true)
  far.text({ type: 'reconnecting', reason: 'The machine is away.' })
  expect(far.session.type('late\n')).toBe(false)

  expect(far.sent).toEqual([{ type: 'input', data: 'say hello\n' }])
  expect(far.session.status()).toEqual({ kind: 'reconnecting', reason: 'The machine is away.', retryAt: null })
})

test('is live again by itself when the machine is back', () => {
  const far = farEnd()
  far.open()
  far.start(0)
  far.text({ type: 'reconnecting', reason: 'away' })
  far.bytes('a')
  expect(far.session.status()).toEqual({ kind: 'live' })
  far.text({ type: 'reconnecting', reason: 'away' })
  far.start(1)
  expect(far.session.status()).toEqual({ kind: 'live' })
})

test('tells the size of the screen after each connection, and only when it changed', () => {
  const far = farEnd()
  far.session.resize(80, 24)
  far.open()
  far.start(0)
  far.session.resize(80, 24)
  far.session.resize(100, 30)
  far.lose()
  far.session.resize(90, 30)
  far.open()
  far.start(0)

  expect(far.sent.map(({ cols }) => cols)).toEqual([80, 100, 90])
})

test('a refused command is told and the output goes on', () => {
  const far = farEnd()
  far.open()
  far.start(0)
  far.text({ type: 'refused', code: 'not_running', error: 'It is stopped.' })
  far.bytes('a')

  expect(far.refusals).toEqual(['not_running'])
  expect(far.screen()).toBe('a')
})

test('ends with the reason when the right or the server is gone', () => {
  const far = farEnd()
  far.open()
  far.start(0)
  far.state({ status: 'refused', code: 'not_found' })

  expect(far.session.status()).toEqual({ kind: 'ended', code: 'not_found', error: null })
})

test('shows every byte exactly once, however often and wherever the connection is cut', () => {
  const log = Array.from({ length: 400 }, (_, at) => String.fromCharCode(97 + (at % 26))).join('')
  const cuts = fc.array(
    fc.record({ overlap: fc.nat(20), chunks: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }) }),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(cuts, (connections) => {
      const far = farEnd({ from: 0 })
      for (const { overlap, chunks } of [...connections, { overlap: 0, chunks: [log.length] }]) {
        const query = far.open()
        const asked = query && 'from' in query ? query.from : 0
        let at = Math.max(0, asked - overlap)
        far.start(at, log.length)
        for (const length of chunks) {
          far.bytes(log.slice(at, at + length))
          at = Math.min(log.length, at + length)
        }
        far.lose()
      }
      expect(far.screen()).toBe(log)
    }),
  )
})
