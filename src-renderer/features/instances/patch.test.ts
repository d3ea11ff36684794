import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { Instance } from '#contract/instances'
import { patchInstance } from './patch.ts'

const instance = (id: string): Instance => ({ id, state: 'stopped' }) as Instance

test('a change shows in every list and page that has the server, and touches no other', () => {
  const client = new QueryClient()
  const other = instance('b')
  client.setQueryData(['listInstances', { query: {} }], { items: [instance('a'), other], next_cursor: null })
  client.setQueryData(['listInstances', { query: {} }, 'pages'], {
    pages: [{ items: [other] }, { items: [instance('a')] }],
    pageParams: [],
  })
  client.setQueryData(['getInstance', { params: { id: 'a' } }], { ...instance('a'), crash_log: 'x' })
  client.setQueryData(['getInstance', { params: { id: 'b' } }], other)

  patchInstance(client, 'a', { state: 'starting' })

  const list = client.getQueryData<{ items: Instance[] }>(['listInstances', { query: {} }])
  expect(list?.items.map(({ state }) => state)).toEqual(['starting', 'stopped'])
  expect(list?.items[1]).toBe(other)
  const pages = client.getQueryData<{ pages: { items: Instance[] }[] }>(['listInstances', { query: {} }, 'pages'])
  expect(pages?.pages.map(({ items }) => items.map(({ state }) => state))).toEqual([['stopped'], ['starting']])
  expect(client.getQueryData(['getInstance', { params: { id: 'a' } }])).toMatchObject({
    state: 'starting',
    crash_log: 'x',
  })
  expect(client.getQueryData(['getInstance', { params: { id: 'b' } }])).toBe(other)
})
