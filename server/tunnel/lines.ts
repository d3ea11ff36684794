/** A crash with its log of 256 Ki characters fits, however it is escaped. */
export const MAX_LINE = 2 * 1024 * 1024

export class BadLine extends Error {}

/** The JSON values of a stream with one on each line. A line that is too long or is not JSON ends it with a BadLine. */
export async function* jsonLines(stream: AsyncIterable<Buffer>, maxBytes = MAX_LINE): AsyncGenerator<unknown> {
  let parts: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end))
      size += end - from
      if (size > maxBytes) throw new BadLine(`a line of more than ${maxBytes} bytes`)
      const line = Buffer.concat(parts, size).toString('utf8')
      parts = []
      size = 0
      from = end + 1
      if (line !== '') yield parse(line)
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
    size += chunk.length - from
    if (size > maxBytes) throw new BadLine(`a line of more than ${maxBytes} bytes`)
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new BadLine('a line that is not JSON')
  }
}
