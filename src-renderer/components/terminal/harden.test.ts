import { Terminal } from '@xterm/xterm'
import { expect, test } from 'vitest'
import { harden } from './harden.ts'

const ESC = '\u001b'

async function print(text: string) {
  const terminal = new Terminal({ allowProposedApi: true, cols: 40, rows: 4, scrollback: 100, disableStdin: true })
  harden(terminal)
  const heard: string[] = []
  terminal.onTitleChange((title) => heard.push(`title ${title}`))
  terminal.onData((data) => heard.push(`typed ${data}`))
  terminal.onBell(() => undefined)
  await new Promise<void>((resolve) => terminal.write(text, resolve))
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? '')
  return { terminal, heard, shown: lines.join('\n').trim() }
}

test.each([
  ['a title', `${ESC}]0;owned\u0007text`],
  ['the clipboard', `${ESC}]52;c;cm0gLXJm\u0007text`],
  ['a link', `${ESC}]8;;https://evil.example\u0007text${ESC}]8;;\u0007`],
  ['a question about colours', `${ESC}]11;?\u0007text`],
  ['a question about the cursor', `${ESC}[6ntext`],
  ['a question about the device', `${ESC}[ctext${ESC}[>c`],
  ['a question about the window', `${ESC}[21ttext`],
  ['taking the mouse', `${ESC}[?1003h${ESC}[?1006htext`],
])('a program that prints %s is not heard', async (_, printed) => {
  const { terminal, heard, shown } = await print(printed)

  expect(heard).toEqual([])
  expect(shown).toBe('text')
  expect(terminal.modes.mouseTrackingMode).toBe('none')
})

test('what was printed can not be wiped from the scrollback', async () => {
  const { shown } = await print(`evidence\n\n\n\n\n\nlast${ESC}[3J${ESC}c`)

  expect(shown).toContain('evidence')
  expect(shown).toContain('last')
})

test('colours still work', async () => {
  const { terminal } = await print(`${ESC}[31mred`)

  expect(terminal.buffer.active.getLine(0)?.getCell(0)?.getFgColor()).toBe(1)
})
