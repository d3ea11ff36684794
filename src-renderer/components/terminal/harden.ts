import type { Terminal } from '@xterm/xterm'

/**
 * What a program prints may be what a stranger typed into a chat. It may colour and move text, and nothing else: no titles,
 * links, clipboard, palette or notifications, no taking the mouse, no wiping of what was already read.
 */
const ignoredOsc = [
  0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 21, 22, 50, 51, 52, 66, 99, 104, 105, 110, 111, 112,
  117, 119, 133, 633, 777, 1337,
]
/** Mouse reports (9, 1000 to 1016), focus reports (1004) and bracketed paste (2004). */
const ignoredModes = new Set([9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 2004])

/**
 * A shell's programs are the person's own, so they may take the mouse, ask where the cursor is and wipe the screen. What they print may
 * still be a stranger's: no clipboard, titles, links or palette, and no answers that repeat what was printed. While what was shown
 * before is shown again, nothing is answered at all: the programs that asked got their answers.
 */
export function hardenShell({ parser }: Pick<Terminal, 'parser'>, isReplaying: () => boolean): void {
  for (const code of ignoredOsc) parser.registerOscHandler(code, () => true)
  parser.registerCsiHandler({ final: 't' }, () => true)
  // DECRQSS: answered with what was asked.
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, () => true)
  for (const id of [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
  ]) {
    parser.registerCsiHandler(id, isReplaying)
  }
}

export function harden({ parser }: Pick<Terminal, 'parser'>): void {
  for (const code of ignoredOsc) parser.registerOscHandler(code, () => true)
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => modes.flat().some((mode) => ignoredModes.has(mode)))
  // ED 3 erases the scrollback, which is the reader's and not the program's.
  parser.registerCsiHandler({ final: 'J' }, ([mode]) => mode === 3)
  // RIS would erase it too.
  parser.registerEscHandler({ final: 'c' }, () => true)
  // Window operations and device reports: nobody here answers a program.
  parser.registerCsiHandler({ final: 't' }, () => true)
  parser.registerCsiHandler({ final: 'n' }, () => true)
  parser.registerCsiHandler({ prefix: '?', final: 'n' }, () => true)
  parser.registerCsiHandler({ final: 'c' }, () => true)
  parser.registerCsiHandler({ prefix: '>', final: 'c' }, () => true)
}
