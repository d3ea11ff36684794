import type { Clock } from '#server/clock'

/** What one POST may carry, how many may be under way, and what may wait for its turn. */
const PART_BYTES = 64 * 1024
const UNDER_WAY = 8
const WAITING_BYTES = 256 * 1024
const AGAIN_MS = 200

/** `again`: soon, it was not taken now. `away`: once `again` is called. `no`: never. */
export type Verdict = 'again' | 'away' | 'no'

type Options = {
  clock: Clock
  /** `at` is the place of the first byte among all that was typed. */
  send: (at: number, part: Buffer) => Promise<unknown>
  /** What becomes of parts that were not confirmed. */
  verdict: (error: unknown) => Verdict
  refuse: (error: unknown) => void
}

/**
 * Sends what is typed without waiting for each part to be confirmed. Every part says its place, so that the machine types all of it
 * in order and none of it twice, though a part whose answer was lost is sent again.
 */
export function createTyping({ clock, send, verdict, refuse }: Options) {
  /** Not confirmed yet, oldest first; those before `sent` are under way. */
  let parts: { at: number; bytes: Buffer; isSent: boolean }[] = []
  let end = 0
  let round = 0
  let isHeld = false

  function next() {
    if (isHeld) return
    for (const part of parts.slice(0, UNDER_WAY)) {
      if (part.isSent) continue
      part.isSent = true
      void deliver(part, round)
    }
  }

  async function deliver(part: (typeof parts)[number], mine: number) {
    try {
      await send(part.at, part.bytes)
      if (mine !== round) return
      parts = parts.filter((other) => other !== part)
    } catch (error) {
      if (mine !== round) return
      round++
      const judged = verdict(error)
      if (judged === 'no') {
        parts = []
        return refuse(error)
      }
      isHeld = true
      for (const other of parts) other.isSent = false
      if (judged === 'again') clock.after(AGAIN_MS, again)
      return
    }
    next()
  }

  function again() {
    isHeld = false
    next()
  }

  return {
    /** False when too much waits already. */
    type(data: Buffer): boolean {
      const waiting = end - (parts[0]?.at ?? end)
      if (waiting + data.length > WAITING_BYTES) return false
      for (let at = 0; at < data.length; at += PART_BYTES) {
        const bytes = data.subarray(at, at + PART_BYTES)
        const last = parts.at(-1)
        if (last && !last.isSent && last.bytes.length + bytes.length <= PART_BYTES) {
          last.bytes = Buffer.concat([last.bytes, bytes])
        } else parts.push({ at: end, bytes, isSent: false })
        end += bytes.length
      }
      next()
      return true
    },
    /** The machine is back. */
    again,
  }
}
export type Typing = ReturnType<typeof createTyping>
