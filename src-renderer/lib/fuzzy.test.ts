import { expect, test } from 'vitest'
import { fuzzyScore } from './fuzzy.ts'

const best = (query: string, ...texts: string[]) =>
  [...texts].sort((a, b) => fuzzyScore(query, b) - fuzzyScore(query, a))[0]

test('letters in order find, others do not', () => {
  expect(fuzzyScore('srvl', 'Survival world')).toBeGreaterThan(0)
  expect(fuzzyScore('xyz', 'Survival world')).toBe(0)
})

test('the beginning of a word beats its middle, and a run beats scattered letters', () => {
  expect(best('wor', 'Sword shop', 'Survival world')).toBe('Survival world')
  expect(best('lob', 'L-o-b', 'The lobby', 'Lobby')).toBe('Lobby')
})

test('case and accents do not matter', () => {
  expect(fuzzyScore('maquinas', 'Máquinas')).toBeGreaterThan(1000)
})
