import type { CSSProperties } from 'react'
import type { AnsiPiece } from './ansi.ts'

/** The sixteen colours in those of the page, which are readable in both themes. */
const named = ['muted', 'error', 'running', 'busy', 'accent', 'chart-4', 'chart-2', 'text']

type Rgb = readonly [number, number, number]

/** Beyond the sixteen: a cube of 216, greys, and what was given as it is. */
function rgbOf(colour: number | string): Rgb | undefined {
  if (typeof colour === 'string') {
    const value = Number.parseInt(colour.slice(1), 16)
    return [value >> 16, (value >> 8) & 255, value & 255]
  }
  if (colour < 16 || colour > 255) return undefined
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10
    return [grey, grey, grey]
  }
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40)
  const at = colour - 16
  return [level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6)]
}

const isBright = ([red, green, blue]: Rgb) => red * 0.299 + green * 0.587 + blue * 0.114 > 140

/** A program does not know our background, so its own colours are kept within what can be read on it. */
function frontOf(colour: number | string): string | undefined {
  const rgb = rgbOf(colour)
  if (rgb) return `oklch(from rgb(${rgb.join(' ')}) clamp(var(--ansi-least), l, var(--ansi-most)) c h)`
  return typeof colour === 'number' && colour < 16 ? `var(--${named[colour % 8]})` : undefined
}

/** On a coloured ground the text is what can be read there, whatever colour was asked for. */
function groundOf(colour: number | string): CSSProperties | undefined {
  const rgb = rgbOf(colour)
  if (rgb) return { backgroundColor: `rgb(${rgb.join(' ')})`, color: isBright(rgb) ? '#000' : '#fff' }
  return typeof colour === 'number' && colour < 16
    ? { backgroundColor: `var(--${named[colour % 8]})`, color: 'var(--sunken)' }
    : undefined
}

export function styleOf({
  fg,
  bg,
  isBold,
  isDim,
  isItalic,
  isUnderlined,
  isInverse,
}: AnsiPiece): CSSProperties | undefined {
  const ground = isInverse ? groundOf(fg ?? 7) : bg === undefined ? undefined : groundOf(bg)
  const color = fg === undefined ? undefined : frontOf(fg)
  const style: CSSProperties = {
    ...(color && { color }),
    ...(isDim && { color: 'var(--muted)' }),
    ...ground,
    ...(isBold && { fontWeight: 600 }),
    ...(isItalic && { fontStyle: 'italic' }),
    ...(isUnderlined && { textDecoration: 'underline' }),
  }
  return Object.keys(style).length > 0 ? style : undefined
}

/** On whatever holds coloured lines: how dark and how light their own colours may be in each theme. */
export const ansiRange =
  '[--ansi-least:0] [--ansi-most:0.5] in-data-[theme=dark]:[--ansi-least:0.64] in-data-[theme=dark]:[--ansi-most:1]'
