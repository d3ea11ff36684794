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

  return {
    bytes,
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
