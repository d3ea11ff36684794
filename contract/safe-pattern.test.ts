import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPattern } from './safe-pattern.ts'

const matches = (source: string, text: string): boolean => {
  const read = readPattern(source)
  if ('problem' in read) throw new Error(`${source} ${read.problem}`)
  return read.matches(text)
}

test.each([
  ['Done \\(\\d+(\\.\\d+)?s\\)!', 'Done (12.3s)!', true],
  ['^\\d{1,3}(\\.\\d{1,3}){3}$', '192.168.0.1', true],
  ['^\\d{1,3}(\\.\\d{1,3}){3}$', '192.168.0', false],
  ['^(?:easy|normal|hard)$', 'hard', true],
  ['^(?:easy|normal|hard)$', 'harder', false],
  ['\\bready\\b', 'not already', false],
  ['^[\\w.-]{3,}$', 'a-b.c', true],
  ['^[^/\\\\]+$', 'a\\b', false],
  ['\\u0041\\x42', 'AB', true],
  ['a{', 'a{', true],
  ['', 'anything', true],
])('%s on %s is %s', (source, text, expected) => {
  expect(matches(source, text)).toBe(expected)
})

test.each([
  ['(a+)+$', 'repeats a group'],
  ['(a|a)*b', 'repeats a group'],
  ['(.*,){11}P', 'repeats a group'],
  ['(a{1,9}){1,9}b', 'repeats a group'],
  ['(a)\\1', 'refers back'],
  ['(?<x>a)\\k<x>', 'refers back'],
  ['(?=a)b', 'looks ahead'],
  ['(?<!a)b', 'looks ahead'],
  ['a{5000}', 'more than 1000'],
  ['(abc){900}', 'too long'],
  ['(a', 'not closed'],
  ['a)', 'closes nothing'],
  ['[a', 'not closed'],
  ['*a', 'repeats nothing'],
  ['a**', 'repeats a repetition'],
  ['\\p{L}', 'not known'],
  ['a{3,1}', 'least count'],
  ['a\\', 'ends in a backslash'],
  ['('.repeat(300), 'more than 20 groups'],
])('refuses %s', (source, why) => {
  expect(readPattern(source)).toEqual({ problem: expect.stringContaining(why) })
})

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '\\s',
  '\\.',
  '^',
  '$',
  '\\b',
  '[a-c0-3]',
  '[]',
  '-',
)
const piece = fc
  .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'))
  .map(([a, q]) => (/^(\^|\$|\\b)$/.test(a) ? a : a + q))
const sequence = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''))
const pattern = fc
  .array(
    fc.oneof(
      sequence,
      fc.tuple(sequence, sequence, fc.constantFrom('', '?')).map(([a, b, q]) => `(${a}|${b})${q}`),
    ),
    { maxLength: 3 },
  )
  .map((parts) => parts.join(''))

test('finds what RegExp finds', () => {
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '.', '\n'), maxLength: 8 }),
      (source, text) => {
        expect(matches(source, text)).toBe(new RegExp(source).test(text))
      },
    ),
    { numRuns: 3000 },
  )
})

test('reads any text as a pattern or says what is wrong with it, and never takes what RegExp refuses', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?^$\\.,-12<=!:k'.split('')), maxLength: 20 }),
      (source) => {
        const read = readPattern(source)
        const isRegExp = () => RegExp(source) instanceof RegExp
        expect('problem' in read ? read.problem.length > 0 : isRegExp()).toBe(true)
      },
    ),
    { numRuns: 3000 },
  )
})

test('takes linear time where a backtracking engine would not come back', () => {
  const started = Date.now()
  expect(matches('a*a*a*a*a*a*a*a*b', 'a'.repeat(4096))).toBe(false)
  expect(Date.now() - started).toBeLessThan(1000)
})
