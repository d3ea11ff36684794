const LF = 10
const encoder = new TextEncoder()

/** Puts a stamp before each line of a stream of bytes, wherever the stream happens to be cut. */
export class LineStamper {
  private isAtLineStart = true
  private readonly stamp: () => string

  constructor(stamp: () => string) {
    this.stamp = stamp
  }

  push(bytes: Uint8Array): Uint8Array {
    const starts: number[] = this.isAtLineStart && bytes.length > 0 ? [0] : []
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if (at + 1 < bytes.length) starts.push(at + 1)
    }
    if (bytes.length > 0) this.isAtLineStart = bytes[bytes.length - 1] === LF
    if (starts.length === 0) return bytes

    const stamp = encoder.encode(this.stamp())
    const stamped = new Uint8Array(bytes.length + starts.length * stamp.length)
    let from = 0
    let to = 0
    for (const start of starts) {
      stamped.set(bytes.subarray(from, start), to)
      to += start - from
      stamped.set(stamp, to)
      to += stamp.length
      from = start
    }
    stamped.set(bytes.subarray(from), to)
    return stamped
  }
}
