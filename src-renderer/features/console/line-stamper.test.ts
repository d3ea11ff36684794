import { expect, test } from 'vitest'
import { LineStamper } from './line-stamper.ts'

const push = (stamper: LineStamper, text: string) =>
  new TextDecoder().decode(stamper.push(new TextEncoder().encode(text)))

test('stamps each line once, wherever the stream is cut', () => {
  const stamper = new LineStamper(() => '|')

  expect(push(stamper, 'one\ntw')).toBe('|one\n|tw')
  expect(push(stamper, '')).toBe('')
  expect(push(stamper, 'o\n')).toBe('o\n')
  expect(push(stamper, '\nthree')).toBe('|\n|three')
  expect(push(stamper, 'é\r\n')).toBe('é\r\n')
})

test('leaves bytes that begin no line as they are', () => {
  const stamper = new LineStamper(() => '|')
  push(stamper, 'a')
  const bytes = new TextEncoder().encode('more')

  expect(stamper.push(bytes)).toBe(bytes)
})
