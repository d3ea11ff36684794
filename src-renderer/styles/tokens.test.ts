import { expect, test } from 'vitest'
import css from './tokens.css?raw'

type Theme = Record<string, string>
const read = (block: string): Theme =>
  Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
const [, light = '', dark = ''] = css.split(/:root(?:\[data-theme='dark'\])? \{/)
const themes: [string, Theme][] = [
  ['light', read(light)],
  ['dark', { ...read(light), ...read(dark) }],
]

test('every colour that is checked is there', () => {
  const names = [...grounds, ...texts, ...onSoft.flat(), ...solid, ...graphics]
  for (const [, theme] of themes) expect(names.filter((name) => theme[name] === undefined)).toEqual([])
  expect(themes[0]?.[1]['text']).not.toBe(themes[1]?.[1]['text'])
})

const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['background', 'surface', 'raised', 'hover', 'active']
const texts = ['text', 'muted', 'accent', 'running', 'busy', 'error']
const onSoft = [
  ['running', 'running-soft'],
  ['busy', 'busy-soft'],
  ['error', 'error-soft'],
  ['accent', 'accent-soft'],
  ['muted', 'stopped-soft'],
  ['text', 'accent-soft'],
  ['text', 'sunken'],
  ['muted', 'sunken'],
]
const solid = ['primary', 'primary-hover', 'danger', 'danger-hover']
const graphics = ['field', 'stopped', 'unknown', 'chart-1', 'chart-2', 'chart-3', 'chart-4']

test.each(themes)('in the %s theme all text has a contrast of 4.5 or more', (_, theme) => {
  const pairs = [
    ...grounds.flatMap((ground) => texts.map((text) => [text, ground])),
    ...onSoft,
    ...solid.map((ground) => ['on-primary', ground]),
  ]
  const low = pairs.filter(([text = '', ground = '']) => contrast(theme[text] ?? '', theme[ground] ?? '') < 4.5)
  expect(
    low.map(
      ([text = '', ground = '']) =>
        `${text} on ${ground} ${contrast(theme[text] ?? '', theme[ground] ?? '').toFixed(2)}`,
    ),
  ).toEqual([])
})

test.each(themes)('in the %s theme edges of fields, dots and lines have a contrast of 3 or more', (_, theme) => {
  const low = graphics.filter((name) => contrast(theme[name] ?? '', theme['surface'] ?? '') < 3)
  expect(low).toEqual([])
})
