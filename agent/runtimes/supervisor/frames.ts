/** What an agent and a supervisor say to each other: frames of a length (4 bytes), a kind (1 byte) and a payload. */
export const frames = {
  // Agent to supervisor.
  input: 1,
  resize: 2,
  signal: 3,
  kill: 4,
  note: 5,
  clear: 6,
  // Supervisor to agent.
  status: 16,
  advanced: 17,
  cleared: 18,
} as const

const HEADER = 5
export const FRAME_MAX = 1024 * 1024

export function encodeFrame(kind: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload
  const frame = Buffer.allocUnsafe(HEADER + body.length)
  frame.writeUInt32BE(body.length, 0)
  frame.writeUInt8(kind, 4)
  body.copy(frame, HEADER)
  return frame
}

/** Cuts a byte stream into frames and hands each to `onFrame`; throws on one that is too long. */
export function createDecoder(onFrame: (kind: number, payload: Buffer) => void) {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    while (data.length >= HEADER) {
      const length = data.readUInt32BE(0)
      if (length > FRAME_MAX) throw new Error(`A frame of ${length} bytes is too long.`)
      if (data.length < HEADER + length) break
      onFrame(data.readUInt8(4), data.subarray(HEADER, HEADER + length))
      data = data.subarray(HEADER + length)
    }
    rest = data
  }
}
