import { invalid } from '#server/errors'

export const malformed = () => invalid('malformed_key', 'The key is damaged or incomplete. Copy the whole line again.')

/** Reads SSH's wire format (RFC 4251, section 5): each part is its length in four bytes, then itself. */
export function createReader(data: Buffer) {
  let at = 0

  function bytes(): Buffer {
    if (at + 4 > data.length) throw malformed()
    const length = data.readUInt32BE(at)
    const end = at + 4 + length
    if (end > data.length) throw malformed()
    const part = data.subarray(at + 4, end)
    at = end
    return part
  }

  function number(length: 4 | 8): bigint {
    if (at + length > data.length) throw malformed()
    const value = length === 4 ? BigInt(data.readUInt32BE(at)) : data.readBigUInt64BE(at)
    at += length
    return value
  }

  return {
    bytes,
    u32: () => Number(number(4)),
    u64: () => number(8),
    /** How much was read, so that a signature can be checked over it. */
    position: () => at,
    isAtEnd: () => at === data.length,
    text: () => bytes().toString('latin1'),
    /** A number above zero, written in the shortest way. */
    positive(): bigint {
      const part = bytes()
      const [first = 0, second = 0] = part
      const isPadded = first === 0
      if (part.length === 0 || first >= 0x80 || (isPadded && second < 0x80)) throw malformed()
      return BigInt(`0x${part.toString('hex')}`)
    },
    end(): void {
      if (at !== data.length) throw malformed()
    },
  }
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

/** A part in SSH's wire format. */
export function part(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u32(bytes.length), bytes])
}
