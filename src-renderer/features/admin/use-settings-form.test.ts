import { expect, test } from 'vitest'
import { changesOf } from './use-settings-form.ts'

test('only what differs is sent, at any depth', () => {
  const saved = { host: 'mail.example.org', port: 587, nested: { a: [1, 2] }, from: null as string | null }
  expect(changesOf(saved, { ...saved })).toEqual({})
  expect(changesOf(saved, { ...saved, port: 465, from: 'x' })).toEqual({ port: 465, from: 'x' })
  expect(changesOf(saved, { ...saved, nested: { a: [1, 3] } })).toEqual({ nested: { a: [1, 3] } })
  expect(changesOf({ ...saved, from: 'x' }, saved)).toEqual({ from: null })
})
