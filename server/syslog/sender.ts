import type { Clock } from '#server/clock'
import { type Channel, openChannel, type Target } from './channel.ts'

const MAX_MESSAGES = 10_000
const MAX_BYTES = 8 * 1024 * 1024
const MAX_IN_FLIGHT = 256
const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 30_000
/** How long the server's end waits for what is still queued. */
const CLOSE_MS = 1000

/** `audit` may fill the queue; `log`, which can flood, half of it. */
export type Source = 'audit' | 'log'

/**
 * Sends messages to a syslog server. Whoever sends is never kept waiting and never sees an error: what a server that is away or
 * slow does not take waits in a queue of a fixed size, and what does not fit is dropped and counted.
 */
export function createSyslog(clock: Clock) {
  let target: Target | undefined
  let channel: Channel | undefined
  let isOpen = false
  let isWritable = false
  const queue: string[] = []
  const inFlight = new Set<{ message: string }>()
  let waiting = 0
  let bytes = 0
  let delay = FIRST_DELAY_MS
  let cancelRetry = () => {}
  let wake = () => {}
  const state = { sent: 0, dropped: 0, last_error: null as string | null }

  const forgotten = (message: string) => {
    waiting--
    bytes -= message.length
    if (waiting === 0) wake()
  }

  function pump(): void {
    const current = channel
    while (current && isOpen && isWritable && inFlight.size < MAX_IN_FLIGHT) {
      const message = queue.shift()
      if (message === undefined) return
      const entry = { message }
      inFlight.add(entry)
      isWritable = current.write(message, (error) => {
        if (channel !== current) return
        // One that is too long for the way there would be so for ever.
        const isTooLong = (error as NodeJS.ErrnoException | null)?.code === 'EMSGSIZE'
        if (error && !isTooLong) return failed(error)
        if (!inFlight.delete(entry)) return
        if (isTooLong) state.dropped++
        else state.sent++
        delay = FIRST_DELAY_MS
        forgotten(message)
        pump()
      })
    }
  }

  function shut(): void {
    channel?.destroy()
    channel = undefined
    isOpen = false
    // What was not taken for certain is sent again: rather twice than never.
    queue.unshift(...[...inFlight].map(({ message }) => message))
    inFlight.clear()
  }

  function failed(reason: Error): void {
    state.last_error = reason.message
    shut()
    cancelRetry()
    cancelRetry = clock.after(delay, open)
    delay = Math.min(delay * 2, MAX_DELAY_MS)
  }

  function open(): void {
    if (!target) return
    const ours = <A extends unknown[]>(work: (...args: A) => void) => {
      return (...args: A) => {
        if (channel === opened) work(...args)
      }
    }
    const goOn = () => {
      isWritable = true
      pump()
    }
    const opened: Channel = openChannel(target, {
      onOpen: ours(() => {
        isOpen = true
        goOn()
      }),
      onDrain: ours(goOn),
      onFail: ours(failed),
    })
    channel = opened
  }

  return {
    /** Takes a new target, or none. What is queued goes to the new one. */
    configure(wanted: Target | undefined): void {
      if (JSON.stringify(wanted) === JSON.stringify(target)) return
      target = wanted
      cancelRetry()
      shut()
      delay = FIRST_DELAY_MS
      state.last_error = null
      if (target) return open()
      for (const message of queue.splice(0)) forgotten(message)
    },
    send(source: Source, message: string): void {
      if (!target) return
      const share = source === 'audit' ? 1 : 0.5
      if (waiting >= MAX_MESSAGES * share || bytes + message.length > MAX_BYTES * share) {
        state.dropped++
        return
      }
      waiting++
      bytes += message.length
      queue.push(message)
      pump()
    },
    noteDropped: () => void state.dropped++,
    state: () => ({ ...state, connected: isOpen }),
    async close(): Promise<void> {
      if (isOpen && waiting > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, CLOSE_MS)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      cancelRetry()
      target = undefined
      shut()
    },
  }
}
export type Syslog = ReturnType<typeof createSyslog>
