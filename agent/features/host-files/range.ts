/** The bytes that are asked for, `to` among them. Null: none that are there. */
export type Range = { from: number; to: number }

/** One range of `bytes=`; anything else asks for the whole, as HTTP allows. */
export function rangeOf(header: string | null, size: number): Range | undefined | null {
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? null : { from: size - length, to: size - 1 }
  }
  const from = Number(first)
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < from) return undefined
  return from >= size ? null : { from, to }
}
