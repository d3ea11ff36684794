import type { DesktopBridge } from '#contract/desktop'

declare global {
  interface Window {
    /** Absent in a browser. */
    shardlyn?: DesktopBridge
  }
}

/** The one-time secret that signs the owner of the desktop in; null in a browser, or when it was taken already. */
export async function takeDesktopSecret(): Promise<string | null> {
  try {
    return (await window.shardlyn?.takeDesktopSecret()) ?? null
  } catch {
    return null
  }
}
