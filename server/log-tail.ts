const LINES = 200
/** Of one line; the rest of a longer one is cut. */
const CHARACTERS = 4000

/** The newest lines of the log, in memory, for the diagnostics of a support message. */
export type LogTail = { write: (line: string) => void; lines: () => string[] }

/** A ring: a line costs one assignment. */
export function createLogTail(): LogTail {
  const ring: string[] = []
  let next = 0
  return {
    write(line) {
      ring[next] = line.length > CHARACTERS ? `${line.slice(0, CHARACTERS)}…\n` : line
      next = (next + 1) % LINES
    },
    lines: () => (ring.length < LINES ? ring.slice() : [...ring.slice(next), ...ring.slice(0, next)]),
  }
}
