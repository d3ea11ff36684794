const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
/** Characters that nobody sees, among them those that turn the direction of writing. */
const UNSEEN = /\p{Cf}+/gu

/** One line of plain text, whatever it was: nothing in it can begin a header or hide what follows. */
export const oneLine = (text: string, length = 200): string => {
  const line = text.replace(CONTROLS, ' ').replace(UNSEEN, '').replace(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line
}

/** A name that somebody chose. It reaches strangers in our mails, so it cannot carry an address of the web. */
export const nameLine = (text: string): string => oneLine(text.replace(/:\/\/+|\bwww\./gi, ' '), 80)

/** Lines stay lines. */
export const manyLines = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]+/gu, ' ')
    .replace(UNSEEN, '')
