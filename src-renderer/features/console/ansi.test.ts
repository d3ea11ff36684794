import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAnsi, stripAnsi } from './ansi.ts'

const ESC = '\u001b'

test('reads colours and weights into pieces', () => {
  expect(
    parseAnsi(`plain ${ESC}[1;31mred${ESC}[22m thin${ESC}[0m ${ESC}[38;5;208mx${ESC}[48;2;1;2;300my${ESC}[39;49mz`),
  ).toEqual([
    { text: 'plain ' },
    { text: 'red', isBold: true, fg: 1 },
    { text: ' thin', fg: 1 },
    { text: ' ' },
    { text: 'x', fg: 208 },
    { text: 'y', fg: 208, bg: '#0102ff' },
    { text: 'z' },
  ])
})

test.each([
  ['a title', `${ESC}]0;owned\u0007text`],
  ['a title ended by ST', `${ESC}]2;owned${ESC}\\text`],
  ['the clipboard', `${ESC}]52;c;cm0gLXJm\u0007text`],
  ['a link', `${ESC}]8;;javascript:alert(1)\u0007text${ESC}]8;;\u0007`],
  ['a device control string', `${ESC}P1$r0m${ESC}\\text`],
  ['a cursor movement', `${ESC}[2Jte${ESC}[10;10Hxt`],
  ['a private mode', `${ESC}[?1049htext`],
  ['an 8-bit CSI', 'te\u009b31mxt'],
  ['a bell and a backspace', 'te\u0007\u0008xt'],
  ['a sequence cut short', `text${ESC}]52;c;abc`],
  ['an escape cut short', `text${ESC}`],
  ['a line that was written over', '10 %\r50 %\rtext\r'],
])('leaves nothing of %s', (_, line) => {
  expect(stripAnsi(line)).toBe('text')
})

test('markup stays text', () => {
  expect(stripAnsi('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>')
})

test('no control character survives, whatever is printed', () => {
  const printed = fc.array(
    fc.oneof(
      fc.constantFrom(ESC, '[', ']', '\u0007', '\u009b', '\u009d', 'm', ';', '8', '\\', 'P'),
      fc.string({ unit: 'binary' }),
    ),
  )
  fc.assert(
    fc.property(printed, (parts) => {
      // eslint-disable-next-line no-control-regex
      expect(stripAnsi(parts.join(''))).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
    }),
  )
})
