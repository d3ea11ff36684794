import { expect, test } from 'vitest'
import type { ServerEvent } from '#contract/events'
import { getInstance, listInstances } from '#contract/instances'
import { listNodes } from '#contract/nodes'
import { mergeHot } from './hot.ts'
import { makeQueryClient, pagesFor, queryFor } from './query.ts'
import { isStale } from './stale.ts'

const event = (kind: string, data: unknown, subject_id?: string): ServerEvent => ({
  type: 'event',
  seq: 1,
  at: '2026-11-23T12:00:00.000Z',
  kind,
  stale: [],
  data,
  ...(subject_id && { subject_id }),
})
const usage = { cpu_percent: 12, memory_bytes: 34 }

test('live figures go into plain lists, paged lists and single results, and leave the other rows alone', () => {
  const client = makeQueryClient()
  const a = { id: 'a', name: 'A', state: 'running', usage: null }
  const b = { id: 'b', name: 'B', state: 'stopped', usage: null }
  const list = queryFor(listInstances, { query: {} }).queryKey
  const pages = pagesFor(listInstances, { query: {} }).queryKey
  const one = queryFor(getInstance, { params: { id: 'a' } }).queryKey
  const other = queryFor(getInstance, { params: { id: 'b' } }).queryKey
  client.setQueryData(list, { items: [a, b], next_cursor: null } as never)
  client.setQueryData(pages, { pages: [{ items: [a] }, { items: [b] }], pageParams: [null, 'x'] } as never)
  client.setQueryData(one, a as never)
  client.setQueryData(other, b as never)

  mergeHot(client, event('instance.stats', { items: [{ id: 'a', state: 'running', usage, extra: 'no' }] }))

  const fresh = { ...a, usage }
  expect(client.getQueryData(list)?.items).toEqual([fresh, b])
  expect(client.getQueryData(list)?.items[1]).toBe(b)
  expect(client.getQueryData(pages)?.pages.map(({ items }) => items)).toEqual([[fresh], [b]])
  expect(client.getQueryData(one)).toEqual(fresh)
  expect(client.getQueryData(other)).toBe(b)
})

test('a heartbeat says when a machine was seen, a change of state why', () => {
  const client = makeQueryClient()
  const key = queryFor(listNodes, { query: {} }).queryKey
  client.setQueryData(key, {
    items: [{ id: 'n', name: 'N', state: 'offline', state_reason: 'x' }],
    next_cursor: null,
  } as never)
  mergeHot(client, event('node.state_changed', { id: 'n', state: 'healthy', state_reason: null }, 'n'))
  mergeHot(client, event('node.heartbeat', { id: 'n', state: 'healthy', usage }))
  expect(client.getQueryData(key)?.items[0]).toEqual({
    id: 'n',
    name: 'N',
    state: 'healthy',
    state_reason: null,
    usage,
    last_seen_at: '2026-11-23T12:00:00.000Z',
  })
})

test('what is stale is told by operation, and by object where the event names one', () => {
  const one = (id: string) => ['getNode', { params: { id } }]
  expect(isStale(['listNodes', {}], [{ operation: 'listNodes' }])).toBe(true)
  expect(isStale(['listNodes', {}], [{ operation: 'getNode' }])).toBe(false)
  expect(isStale(one('a'), [{ operation: 'getNode', id: 'a' }])).toBe(true)
  expect(isStale(one('b'), [{ operation: 'getNode', id: 'a' }])).toBe(false)
  // A list has no id of its own: an event about one of its rows concerns it.
  expect(isStale(['listNodes', { query: {} }], [{ operation: 'listNodes', id: 'a' }])).toBe(true)
})
