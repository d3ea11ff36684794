import { useSyncExternalStore } from 'react'

const listeners = new Map<number, { tell: Set<() => void>; now: number; timer: ReturnType<typeof setInterval> }>()

function subscribe(everyMs: number, listener: () => void): () => void {
  let clock = listeners.get(everyMs)
  if (!clock) {
    const tell = new Set<() => void>()
    const made = {
      tell,
      now: Date.now(),
      timer: setInterval(() => {
        made.now = Date.now()
        for (const told of tell) told()
      }, everyMs),
    }
    clock = made
    listeners.set(everyMs, made)
  }
  clock.tell.add(listener)
  return () => {
    clock.tell.delete(listener)
    if (clock.tell.size > 0) return
    clearInterval(clock.timer)
    listeners.delete(everyMs)
  }
}

const subscribers = new Map<number, (listener: () => void) => () => void>()
function subscriberOf(everyMs: number) {
  let made = subscribers.get(everyMs)
  if (!made) subscribers.set(everyMs, (made = (listener) => subscribe(everyMs, listener)))
  return made
}

/** The time, renewed every `everyMs`; everything on the page that asks for the same pace shares one timer. */
export function useNow(everyMs = 1000): number {
  return useSyncExternalStore(
    subscriberOf(everyMs),
    () => listeners.get(everyMs)?.now ?? Math.floor(Date.now() / everyMs) * everyMs,
  )
}
