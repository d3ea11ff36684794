import { expect, test } from 'vitest'
import { asSentence, pathText, problemAt, valueAt } from './document-form.ts'

test('writes paths as the contract does', () => {
  expect(pathText(['spec', 'ports', 0, 'name'])).toBe('spec.ports[0].name')
  expect(pathText(['metadata', 'labels', 'a/b'])).toBe('metadata.labels["a/b"]')
})

test('reads what is there and nothing of what is not', () => {
  expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1)
  expect(valueAt({ a: 'text' }, ['a', 'b', 'c'])).toBeUndefined()
})

test('a field shows its own mistake, else the first of its lines', () => {
  const problems = new Map([
    ['spec.args[2]', 'uses {{X}}, which is not known'],
    ['spec.image', 'is missing'],
  ])

  expect(problemAt(problems, ['spec', 'image'])).toBe('Is missing.')
  expect(problemAt(problems, ['spec', 'args'])).toBe('Uses {{X}}, which is not known.')
  expect(problemAt(problems, ['spec', 'command'])).toBeUndefined()
  expect(asSentence('what now?')).toBe('What now?')
})
