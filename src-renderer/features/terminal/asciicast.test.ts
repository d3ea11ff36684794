import { expect, test } from 'vitest'
import { readCast, sizeOf, withoutPauses } from './asciicast.ts'

const text = [
  '{"version":2,"width":80,"height":24,"timestamp":1}',
  '[0.5,"o","$ "]',
  '[30.5,"r","100x30"]',
  '[31,"i","secret"]',
  '[31,"o","done"]',
  '[31.5,"m","note"]',
  '[32,"o","cut',
].join('\n')

test('reads output, sizes and notes, and no more', () => {
  expect(readCast(text)).toEqual({
    cols: 80,
    rows: 24,
    seconds: 31.5,
    events: [
      { at: 0.5, kind: 'output', data: '$ ' },
      { at: 30.5, kind: 'resize', data: '100x30' },
      { at: 31, kind: 'output', data: 'done' },
      { at: 31.5, kind: 'mark', data: 'note' },
    ],
  })
})

test('shortens pauses', () => {
  const cast = readCast(text)
  expect(cast && withoutPauses(cast, 2).events.map(({ at }) => at)).toEqual([0.5, 2.5, 3, 3.5])
  expect(cast && withoutPauses(cast, 2).seconds).toBe(3.5)
})

test.each([['{"version":1,"width":80,"height":24}'], ['nonsense'], [''], ['{"version":2,"width":1e9,"height":24}']])(
  'refuses what is no asciicast: %s',
  (content) => {
    expect(readCast(content)).toBeUndefined()
  },
)

test('takes no size that no terminal has', () => {
  expect(sizeOf('80x24')).toEqual({ cols: 80, rows: 24 })
  expect(sizeOf('80x99999')).toBeUndefined()
  expect(sizeOf('big')).toBeUndefined()
})
