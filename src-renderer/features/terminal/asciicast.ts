/** What can be played of an asciicast v2: https://docs.asciinema.org/manual/asciicast/v2/ */
export type CastEvent = { at: number; kind: 'output' | 'resize' | 'mark'; data: string }
export type Cast = { cols: number; rows: number; events: CastEvent[]; seconds: number }

const kinds: Record<string, CastEvent['kind']> = { o: 'output', r: 'resize', m: 'mark' }
const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 2 && value <= 1000

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    // The last line of a recording that was cut off.
    return undefined
  }
}

/** Undefined for what is no asciicast. Lines that mean nothing are left out. */
export function readCast(text: string): Cast | undefined {
  const [head = '', ...lines] = text.split('\n')
  const header = parse(head) as { version?: unknown; width?: unknown; height?: unknown } | undefined
  if (header?.version !== 2 || !isSize(header.width) || !isSize(header.height)) return undefined
  const events: CastEvent[] = []
  for (const line of lines) {
    const event = parse(line)
    if (!Array.isArray(event)) continue
    const [at, code, data] = event as unknown[]
    const kind = typeof code === 'string' ? kinds[code] : undefined
    if (typeof at !== 'number' || !kind || typeof data !== 'string') continue
    events.push({ at: Math.max(at, events.at(-1)?.at ?? 0), kind, data })
  }
  return { cols: header.width, rows: header.height, events, seconds: events.at(-1)?.at ?? 0 }
}

/** The same with pauses no longer than so many seconds. */
export function withoutPauses(cast: Cast, longest: number): Cast {
  let cut = 0
  let last = 0
  const events = cast.events.map((event) => {
    cut += Math.max(0, event.at - last - longest)
    last = event.at
    return { ...event, at: event.at - cut }
  })
  return { ...cast, events, seconds: cast.seconds - cut }
}

export const sizeOf = (data: string): { cols: number; rows: number } | undefined => {
  const [cols, rows] = data.split('x').map(Number)
  return isSize(cols) && isSize(rows) ? { cols, rows } : undefined
}
