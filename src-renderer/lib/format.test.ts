import { beforeAll, expect, test } from 'vitest'
import { formatBytes, formatDuration, formatPercent, formatRate, formatRelative } from './format.ts'
import { chooseLanguage, preferredLanguage, startI18n } from './i18n.ts'

beforeAll(startI18n)

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [512 * 1024 ** 2, '512 MiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
  [23.46 * 1024 ** 3, '23.5 GiB'],
  [2 ** 60, '1,024 PiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(plain(formatBytes(bytes))).toBe(text)
})

test('rates, shares and durations carry their units', () => {
  expect(plain(formatRate(2048))).toBe('2 KiB/s')
  expect([formatPercent(0), formatPercent(0.42), formatPercent(7.25), formatPercent(63.4)]).toEqual([
    '0%',
    '0.4%',
    '7.3%',
    '63%',
  ])
  expect([0, 59, 61, 3_600, 90_061].map(formatDuration)).toEqual(['0s', '59s', '1m 1s', '1h', '1d 1h'])
})

test('times are told as people tell them', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const ago = (seconds: number) => formatRelative(now - seconds * 1000, now)
  expect([0, 30, 180, 7_200, 86_400, 40 * 86_400].map(ago)).toEqual([
    'now',
    '30 seconds ago',
    '3 minutes ago',
    '2 hours ago',
    'yesterday',
    'last month',
  ])
})

test('the language of the page decides the words and the comma', () => {
  chooseLanguage('pt-BR')
  expect(plain(formatBytes(1.5 * 1024 ** 3))).toBe('1,5 GiB')
  expect(formatRelative(0, 180_000)).toBe('há 3 minutos')
  expect(document.documentElement.lang).toBe('pt-BR')
  chooseLanguage('en')
})

test('the first language of the browser that we speak is taken', () => {
  expect(preferredLanguage(['de-DE', 'pt-PT', 'en'])).toBe('pt-BR')
  expect(preferredLanguage(['de-DE', 'en-GB', 'pt-BR'])).toBe('en')
  expect(preferredLanguage(['fr'])).toBe('en')
})
