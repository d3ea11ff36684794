import { useSyncExternalStore } from 'react'

/** A choice that this browser remembers, shared by every component and tab that shows it. */
export type Stored<T> = { get(): T; set(value: T): void; subscribe(listener: () => void): () => void }

export function stored<T>(key: string, fallback: T, isValid: (value: unknown) => value is T): Stored<T> {
  const listeners = new Set<() => void>()
  const read = (): T => {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
      return isValid(value) ? value : fallback
    } catch {
      return fallback
    }
  }
  let value = read()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  globalThis.addEventListener('storage', (event) => {
    if (event.key !== key) return
    value = read()
    tell()
  })
  return {
    get: () => value,
    set(next) {
      value = next
      localStorage.setItem(key, JSON.stringify(next))
      tell()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useStored<T>(store: Stored<T>): [T, (value: T) => void] {
  return [useSyncExternalStore(store.subscribe, store.get), store.set]
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isOneOf =
  <const T extends readonly string[]>(options: T) =>
  (value: unknown): value is T[number] =>
    options.includes(value as string)
