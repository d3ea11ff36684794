import { beforeEach, expect, test } from 'vitest'
import { CommandHistory } from './command-history.ts'

beforeEach(() => localStorage.clear())

test('walks back to the oldest and forward to the line that was being written', () => {
  const history = new CommandHistory('a')
  history.add('one')
  history.add('two')

  expect([history.previous('dra'), history.previous('two'), history.previous('one')]).toEqual(['two', 'one', undefined])
  expect([history.next(), history.next(), history.next()]).toEqual(['two', 'dra', undefined])
})

test('is kept for each server apart, over reloads', () => {
  new CommandHistory('a').add('for a')
  new CommandHistory('b').add('for b')

  expect(new CommandHistory('a').previous('')).toBe('for a')
  expect(new CommandHistory('b').previous('')).toBe('for b')
})

test('keeps a repeated command once, a hundred at most, and none that is empty', () => {
  const history = new CommandHistory('a')
  for (const line of ['say', 'say', '  ']) history.add(line)
  for (let at = 0; at < 120; at++) history.add(`n${at}`)

  const walked: string[] = []
  for (let line = history.previous(''); line !== undefined; line = history.previous('')) walked.push(line)
  expect(walked).toHaveLength(100)
  expect(walked.at(-1)).toBe('n20')
})

test('forgets the server that was used longest ago', () => {
  for (let at = 0; at < 60; at++) new CommandHistory(`server-${at}`).add('x')

  expect(new CommandHistory('server-0').previous('')).toBeUndefined()
  expect(new CommandHistory('server-59').previous('')).toBe('x')
})

test('a spoiled store is an empty one', () => {
  localStorage.setItem('shardlyn.commands', '{"a": 5, "b')
  const history = new CommandHistory('a')
  expect(history.previous('')).toBeUndefined()
  history.add('works')
  expect(new CommandHistory('a').previous('')).toBe('works')
})

test('a full store costs the history, not the command', () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full')
    },
  }
  expect(() => new CommandHistory('a', full).add('x')).not.toThrow()
})
