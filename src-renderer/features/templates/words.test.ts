import { expect, test } from 'vitest'
import { matches } from './words.ts'

test.each([
  ['mine', true],
  ['bloco', true],
  ['ÇAO min', true],
  ['minecraft zebra', false],
  ['', true],
])('looking for "%s" finds it: %s', (search, isFound) => {
  expect(matches(search, 'Minecraft', 'Construção com blocos')).toBe(isFound)
})
