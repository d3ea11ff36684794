import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openConsole } from '#contract/console'
import { createSocketTicket } from '#contract/sockets'
import { fakeServer, problem } from '../testing/server.ts'
import { authorizeCalls } from './api.ts'
import { backoffMs } from './backoff.ts'
import { openSocket, type SocketState } from './socket.ts'

class FakeSocket extends EventTarget {
  static opened: FakeSocket[] = []
  static readonly OPEN = 1
  readyState = 0
  binaryType = 'blob'
  sent: unknown[] = []
  readonly url: URL
  readonly protocols: string[]
  constructor(url: URL, protocols: string[]) {
    super()
    this.url = url
    this.protocols = protocols
    FakeSocket.opened.push(this)
  }
  accept() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  drop(code = 1006) {
    this.readyState = 3
    this.dispatchEvent(new CloseEvent('close', { code }))
  }
  send(data: unknown) {
    this.sent.push(data)
  }
  close() {
    this.drop(1000)
  }
}

let server: ReturnType<typeof fakeServer>
let states: SocketState[]
const statuses = () => states.map(({ status }) => status)
const newest = () => FakeSocket.opened.at(-1)!

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  FakeSocket.opened = []
  vi.stubGlobal('WebSocket', FakeSocket)
  server = fakeServer()
  authorizeCalls({ token: async () => 't', renewed: async () => false, organizationId: () => null })
  let tickets = 0
  server.handle(createSocketTicket, () => ({ status: 201, body: { ticket: `k${++tickets}`, expires_at: '' } }))
  states = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

let from: number | undefined
const open = () => {
  from = undefined
  const messages: unknown[] = []
  const socket = openSocket({
    op: openConsole,
    input: () => ({ params: { id: 'i-1' }, query: { ...(from !== undefined && { from }) } }),
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
  })
  return { socket, messages }
}
const settled = () => vi.advanceTimersByTimeAsync(0)

test('a socket is opened with a ticket for its path, and the ticket is not in the address', async () => {
  const { socket } = open()
  await settled()
  newest().accept()
  expect(server.requests[0]?.body).toEqual({ path: '/v1/instances/i-1/console' })
  expect(newest().url.href).toBe('ws://localhost:3000/v1/instances/i-1/console')
  expect(newest().protocols).toEqual(['shardlyn', 'ticket.k1'])
  expect(newest().binaryType).toBe('arraybuffer')
  expect(statuses()).toEqual(['connecting', 'open'])
  expect(socket.send('x')).toBe(true)
  socket.close()
})

test('a lost connection comes back with a new ticket, from where it was', async () => {
  const { socket } = open()
  await settled()
  newest().accept()
  from = 4096
  newest().drop()
  expect(socket.send('lost')).toBe(false)
  expect(states.at(-1)).toMatchObject({ status: 'waiting', failures: 1 })
  await vi.advanceTimersByTimeAsync(500)
  expect(newest().url.search).toBe('?from=4096')
  expect(newest().protocols[1]).toBe('ticket.k2')
  socket.close()
})

test('it waits longer after each failure, and the shortest again after a connection that stood', async () => {
  const { socket } = open()
  const waits: number[] = []
  for (let round = 0; round < 4; round++) {
    await settled()
    newest().drop()
    const state = states.at(-1)
    if (state?.status === 'waiting') waits.push(state.retryAt - Date.now())
    await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0)
  }
  expect(waits).toEqual([300, 550, 1050, 2050])
  await settled()
  newest().accept()
  await vi.advanceTimersByTimeAsync(30_000)
  newest().drop()
  expect(states.at(-1)).toMatchObject({ status: 'waiting', failures: 1 })
  socket.close()
})

test.each([
  [4403, 'forbidden'],
  [4404, 'not_found'],
])('a socket closed with %i does not come back', async (code, why) => {
  open()
  await settled()
  newest().accept()
  newest().drop(code)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(states.at(-1)).toEqual({ status: 'refused', code: why })
  expect(FakeSocket.opened).toHaveLength(1)
})

test('a ticket that is refused for good ends it, one that cannot be asked for is asked for again', async () => {
  server.handle(createSocketTicket, () => problem(503, 'unavailable'))
  open()
  await settled()
  expect(statuses()).toEqual(['connecting', 'waiting'])
  server.handle(createSocketTicket, () => problem(404, 'instance_not_found'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(states.at(-1)).toEqual({ status: 'refused', code: 'not_found' })
})

test('a network that comes back is tried at once', async () => {
  const { socket } = open()
  await settled()
  newest().drop()
  window.dispatchEvent(new Event('online'))
  await settled()
  expect(FakeSocket.opened).toHaveLength(2)
  socket.close()
})

test('a closed socket stays closed and says nothing more', async () => {
  const { socket, messages } = open()
  await settled()
  newest().accept()
  socket.close()
  newest().dispatchEvent(new MessageEvent('message', { data: 'late' }))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(statuses()).toEqual(['connecting', 'open', 'closed'])
  expect(messages).toEqual([])
  expect(FakeSocket.opened).toHaveLength(1)
})

test('the wait never falls below a tenth of a second nor beyond half a minute', () => {
  expect(backoffMs(0, () => 0)).toBe(100)
  expect(backoffMs(0, () => 1)).toBe(500)
  expect(backoffMs(50, () => 1)).toBe(30_000)
})
