import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listNodes } from '#contract/nodes'
import { startEvents } from './events.ts'
import { makeQueryClient, queryFor } from './query.ts'
import type { openSocket, SocketOptions, SocketState } from './socket.ts'
import type { openEvents } from '#contract/events'

type Wire = SocketOptions<typeof openEvents>
let wire: Wire
vi.mock('./socket.ts', () => ({
  openSocket: ((options: Wire) => {
    wire = options
    return { send: () => true, retry: () => undefined, close: () => undefined }
  }) as unknown as typeof openSocket,
}))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const hello = (resumed: boolean, seq = 7, run = 'r1') =>
  wire.onMessage(JSON.stringify({ type: 'hello', seq, resumed, run }))
const tell = (seq: number, stale: { operation: string; id?: string }[]) =>
  wire.onMessage(JSON.stringify({ type: 'event', seq, at: '2026-11-23T12:00:00.000Z', kind: 'node.updated', stale }))
const away: SocketState = { status: 'waiting', retryAt: 0, failures: 1 }

function watched() {
  const client = makeQueryClient()
  const invalidated = vi.spyOn(client, 'invalidateQueries')
  client.setQueryData(queryFor(listNodes, { query: {} }).queryKey, { items: [], next_cursor: null })
  return { client, invalidated, stop: startEvents(client) }
}

test('the first connection asks for nothing again, a resumed one neither', async () => {
  const { invalidated, stop } = watched()
  expect(wire.input()).toEqual({ query: {} })
  hello(false)
  wire.onState(away)
  expect(wire.input()).toEqual({ query: { after: 7, run: 'r1' } })
  hello(true)
  await vi.runAllTimersAsync()
  expect(invalidated).not.toHaveBeenCalled()
  stop()
})

test('a connection that could not resume asks for everything again', () => {
  const { invalidated, stop } = watched()
  hello(false)
  wire.onState(away)
  hello(false, 1, 'r2')
  expect(invalidated).toHaveBeenCalledExactlyOnceWith()
  expect(wire.input()).toEqual({ query: { after: 1, run: 'r2' } })
  stop()
})

test('a reconnect resumes from the last event that was seen', () => {
  const { stop } = watched()
  hello(false)
  tell(8, [])
  tell(9, [])
  expect(wire.input()).toEqual({ query: { after: 9, run: 'r1' } })
  stop()
})

test('a storm of events becomes one round, and what comes meanwhile the next', async () => {
  const { client, invalidated, stop } = watched()
  hello(false)
  for (let seq = 8; seq < 108; seq++) tell(seq, [{ operation: 'listNodes' }])
  await vi.advanceTimersByTimeAsync(100)
  expect(invalidated).toHaveBeenCalledOnce()
  expect(client.getQueryState(queryFor(listNodes, { query: {} }).queryKey)?.isInvalidated).toBe(true)
  tell(108, [{ operation: 'listNodes' }])
  await vi.advanceTimersByTimeAsync(100)
  expect(invalidated).toHaveBeenCalledTimes(2)
  stop()
})
