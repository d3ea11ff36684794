/** Follows what people type into a console, so that a stop command typed by hand is not taken for a crash. */
export function followTyping(onLine: (line: string) => void) {
  let line = ''
  return (data: Buffer): void => {
    for (const character of data.toString('utf8')) {
      if (character === '\r' || character === '\n') {
        if (line.trim() !== '') onLine(line.trim())
        line = ''
      } else if (character === '\x7f' || character === '\b') line = line.slice(0, -1)
      else if (character === '\x15' || character === '\x03') line = ''
      else if (line.length < 1000) line += character
    }
  }
}
