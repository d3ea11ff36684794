/** A piece of a log line with the colours it was printed in. Colours are palette numbers, or `#rrggbb`. */
export type AnsiPiece = {
  text: string
  fg?: number | string
  bg?: number | string
  isBold?: true
  isDim?: true
  isItalic?: true
  isUnderlined?: true
  isInverse?: true
}
type Style = Omit<AnsiPiece, 'text'>

/*
 * Strings that end with ST or BEL (OSC, DCS, SOS, PM, APC; also cut short by the line's end), CSI sequences, other
 * escapes, and C1 and C0 controls. Whatever is not SGR leaves nothing behind.
 */
const control =
  // eslint-disable-next-line no-control-regex
  /\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|[\u0090\u0098\u009d-\u009f][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

const hex = (value: number) => Math.max(0, Math.min(255, value)).toString(16).padStart(2, '0')

/** `38;5;n` and `38;2;r;g;b`; answers how many codes it used. */
function extended(codes: readonly number[], at: number): { colour: number | string | undefined; used: number } {
  if (codes[at + 1] === 5) return { colour: codes[at + 2], used: 2 }
  if (codes[at + 1] === 2) {
    return { colour: `#${hex(codes[at + 2] ?? 0)}${hex(codes[at + 3] ?? 0)}${hex(codes[at + 4] ?? 0)}`, used: 4 }
  }
  return { colour: undefined, used: codes.length }
}

const without = (style: Style, ...keys: (keyof Style)[]): Style => {
  const rest = { ...style }
  for (const key of keys) delete rest[key]
  return rest
}

function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number)
  let next = style
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    if (code === 0) next = {}
    else if (code === 1) next = { ...next, isBold: true }
    else if (code === 2) next = { ...next, isDim: true }
    else if (code === 3) next = { ...next, isItalic: true }
    else if (code === 4) next = { ...next, isUnderlined: true }
    else if (code === 7) next = { ...next, isInverse: true }
    else if (code === 22) next = without(next, 'isBold', 'isDim')
    else if (code === 23) next = without(next, 'isItalic')
    else if (code === 24) next = without(next, 'isUnderlined')
    else if (code === 27) next = without(next, 'isInverse')
    else if (code >= 30 && code <= 37) next = { ...next, fg: code - 30 }
    else if (code >= 90 && code <= 97) next = { ...next, fg: code - 82 }
    else if (code >= 40 && code <= 47) next = { ...next, bg: code - 40 }
    else if (code >= 100 && code <= 107) next = { ...next, bg: code - 92 }
    else if (code === 39) next = without(next, 'fg')
    else if (code === 49) next = without(next, 'bg')
    else if (code === 38 || code === 48) {
      const { colour, used } = extended(codes, at)
      if (colour !== undefined) next = { ...next, [code === 38 ? 'fg' : 'bg']: colour }
      at += used
    }
  }
  return next
}

/** A line as a terminal would leave it: after a carriage return the line is written over. */
const lastWriting = (line: string): string => {
  const trimmed = line.replace(/\r+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('\r') + 1)
}

/** Reads a log line into coloured pieces of plain text. Nothing in it can be anything but text afterwards. */
export function parseAnsi(line: string): AnsiPiece[] {
  const source = lastWriting(line)
  const pieces: AnsiPiece[] = []
  let style: Style = {}
  let from = 0
  const push = (text: string) => {
    if (text !== '') pieces.push({ text, ...style })
  }
  for (const match of source.matchAll(control)) {
    push(source.slice(from, match.index))
    from = match.index + match[0].length
    if (match[2] === 'm' && /^[\d;:]*$/.test(match[1] ?? '')) style = applySgr(style, match[1] ?? '')
  }
  push(source.slice(from))
  return pieces
}

/** The words of a line without their colours. */
export const stripAnsi = (line: string): string =>
  parseAnsi(line)
    .map(({ text }) => text)
    .join('')
