/** The commands in what was pasted: lines without their ends, empty ones left out. */
export const linesOf = (text: string): string[] =>
  text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')

/** One line as the program gets it, ended as by the Enter key. Escapes and other controls are never typed for a person who pasted them unseen. */
export const asInput = (line: string): string =>
  // eslint-disable-next-line no-control-regex
  `${line.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')}\r`
