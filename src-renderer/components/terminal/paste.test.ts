import { expect, test } from 'vitest'
import { asInput, linesOf } from './paste.ts'

test('finds the lines of a paste, whichever system it comes from', () => {
  expect(linesOf('say a\r\nsay b\rsay c\n\n  \n')).toEqual(['say a', 'say b', 'say c'])
})

test('types no control characters that a paste brought along', () => {
  expect(asInput('say \u001b[31mhi\u0003\ttab')).toBe('say [31mhi\ttab\r')
})
