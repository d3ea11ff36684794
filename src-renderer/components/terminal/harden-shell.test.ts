import { Terminal } from '@xterm/xterm'
import { expect, test } from 'vitest'
import { hardenShell } from './harden.ts'

const ESC = '\u001b'
const BEL = '\u0007'
const ST = `${ESC}\\`
const ORDER = 'rm -rf ~'

/** All that a shell’s screen says or does of what is printed: what it types back, its title, its links. */
async function print(text: string, isReplaying = false) {
  const terminal = new Terminal({ allowProposedApi: true, cols: 60, rows: 4, scrollback: 100 })
  hardenShell(terminal, () => isReplaying)
  const typed: string[] = []
  const titles: string[] = []
  terminal.onData((data) => typed.push(data))
  terminal.onBinary((data) => typed.push(data))
  terminal.onTitleChange((title) => titles.push(title))
  await new Promise<void>((resolve) => terminal.write(text, resolve))
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? '')
  return { typed, titles, shown: lines.join('\n').trim() }
}

const payloads = [
  ['a title', `${ESC}]0;${ORDER}${BEL}`],
  ['a title that ends otherwise', `${ESC}]2;${ORDER}${ST}`],
  ['a title by eight-bit controls', `\u009d0;${ORDER}\u009c`],
  ['a title that is asked for', `${ESC}]2;${ORDER}${BEL}${ESC}[21t`],
  ['an icon that is asked for', `${ESC}]1;${ORDER}${BEL}${ESC}[20t`],
  ['a title that is put aside and back', `${ESC}[22;2t${ESC}]2;${ORDER}${BEL}${ESC}[23;2t`],
  ['the clipboard, to be written', `${ESC}]52;c;cm0gLXJmIH4K${BEL}`],
  ['the clipboard, to be read', `${ESC}]52;c;?${BEL}`],
  ['a link', `${ESC}]8;;https://evil.example/${ORDER}${BEL}`],
  ['a link to a file', `${ESC}]8;;file:///etc/passwd${ST}`],
  ['a colour of its own', `${ESC}]4;1;#000000${BEL}${ESC}]10;#000000${BEL}${ESC}]11;#000000${BEL}`],
  ['a question about colours', `${ESC}]4;1;?${BEL}${ESC}]10;?${BEL}${ESC}]11;?${BEL}${ESC}]12;?${BEL}`],
  ['a setting that is asked for', `${ESC}P$q${ORDER}${ST}`],
  ['a setting that is one, asked for', `${ESC}P$qm${ST}${ESC}P$q"p${ST}`],
  ['a definition of a key', `${ESC}P0;0|17/726d202d7266207e${ST}`],
  ['a notice', `${ESC}]9;${ORDER}${BEL}${ESC}]777;notify;${ORDER};x${BEL}${ESC}]99;;${ORDER}${ST}`],
  ['a picture', `${ESC}]1337;File=inline=1:AAAA${BEL}${ESC}_Ga=T;AAAA${ST}`],
  ['a place in the file system', `${ESC}]7;file://evil.example/${ORDER}${BEL}`],
  ['a prompt of its own', `${ESC}]133;A${BEL}${ESC}]633;E;${ORDER}${BEL}`],
  ['a window that is moved, sized and told of', `${ESC}[3;0;0t${ESC}[8;1;1t${ESC}[14t${ESC}[18t${ESC}[19t`],
  ['a name that is asked for by a control of old', '\u0005'],
] as const

test.each(payloads)('%s that a file’s name, an argument or a variable prints does nothing', async (_, payload) => {
  // As `ls`, `ps` or `env` show it, between what is honest.
  const { typed, titles, shown } = await print(`before ${payload}after\r\nnext`)
  expect(typed).toEqual([])
  expect(titles).toEqual([])
  expect(shown).toBe('before after\nnext')
})

const questions = [
  ['where the cursor is', `${ESC}[6n`],
  ['where the cursor is, in another way', `${ESC}[?6n`],
  ['how it is', `${ESC}[5n`],
  ['what it is', `${ESC}[c`],
  ['what version it is', `${ESC}[>c`],
  ['a mode of its own', `${ESC}[?25$p`],
  ['a mode of the standard', `${ESC}[4$p`],
  ['its name and version', `${ESC}[>q`],
  ['its keyboard', `${ESC}[?u`],
] as const

test.each(questions)('a question about %s is not answered again when it is only shown again', async (_, question) => {
  expect((await print(question, true)).typed).toEqual([])
})

test('programs get the answers that they need, and nothing of what was printed is in them', async () => {
  const printed = `${ORDER}${questions.map(([, question]) => question).join(ORDER)}`
  const { typed } = await print(printed)
  expect(typed.join('')).toContain(`${ESC}[1;`)
  expect(typed.length).toBeGreaterThan(3)
  // Letters, digits and signs of answers; no way to end a line or to begin an order.
  expect(typed.join('')).not.toMatch(/rm|~|[\r\n]/)
})

test('they may take the mouse and wipe the screen', async () => {
  const terminal = new Terminal({ allowProposedApi: true })
  hardenShell(terminal, () => false)
  await new Promise<void>((resolve) => terminal.write(`old${ESC}[?1003h${ESC}[H${ESC}[2Jnew`, resolve))
  expect(terminal.modes.mouseTrackingMode).toBe('any')
  expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('new')
})
