import { useSyncExternalStore } from 'react'

/** The last few minutes of what machines and servers use, as events told it: for sparklines and the live end of charts. */
export type Sample = { at: number; cpu_percent: number; memory_bytes: number; usage: unknown }

const KEPT = 90
const FORGET_MS = 15 * 60_000

const samples = new Map<string, readonly Sample[]>()
const listeners = new Map<string, Set<() => void>>()
const none: readonly Sample[] = []
let swept = Date.now()

export function recordSample(id: string, usage: { cpu_percent: number; memory_bytes: number }, at = Date.now()): void {
  const known = samples.get(id) ?? none
  const sample = { at, cpu_percent: usage.cpu_percent, memory_bytes: usage.memory_bytes, usage }
  samples.set(id, [...known.slice(1 - KEPT), sample])
  for (const listener of listeners.get(id) ?? []) listener()
  if (at - swept > FORGET_MS) {
    swept = at
    for (const [key, kept] of samples) if (at - (kept.at(-1)?.at ?? 0) > FORGET_MS) samples.delete(key)
  }
}

/** Samples of one machine or server, oldest first; the same array until a new one arrives. */
export function useRecent(id: string): readonly Sample[] {
  return useSyncExternalStore(
    (listener) => {
      const set = listeners.get(id) ?? new Set()
      listeners.set(id, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0) listeners.delete(id)
      }
    },
    () => samples.get(id) ?? none,
  )
}
