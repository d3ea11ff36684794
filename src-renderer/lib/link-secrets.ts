import { useSyncExternalStore } from 'react'

/**
 * What a link carries behind its `#`: the token of an invitation or of a new password, the outcome of a sign-in with
 * GitHub. It is taken out of the address bar before anything is drawn, and lives in this page's memory only.
 */
const names = ['token', 'github_code', 'github_error', 'github_linked'] as const
export type LinkSecret = (typeof names)[number]

const held = new Map<LinkSecret, string>()
const listeners = new Set<() => void>()

function take(): void {
  const parts = new URLSearchParams(location.hash.slice(1))
  const found = names.filter((name) => parts.has(name))
  if (found.length === 0) return
  for (const name of found) held.set(name, parts.get(name) ?? '')
  history.replaceState(history.state, '', location.pathname + location.search)
  for (const listener of listeners) listener()
}

/** Called once, before the router reads the address. A second link pasted into the same tab changes only the `#`. */
export function watchLinkSecrets(): void {
  take()
  window.addEventListener('hashchange', take)
}

export function useLinkSecret(name: LinkSecret): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => held.get(name),
  )
}

/** It was used, or will not be. */
export function dropLinkSecret(name: LinkSecret): void {
  if (held.delete(name)) for (const listener of listeners) listener()
}
