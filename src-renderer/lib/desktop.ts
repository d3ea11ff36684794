/** What the desktop window's preload offers. Absent in a browser. */
export type DesktopBridge = {
  /** Signs the owner in without typing; null once it was taken. */
  takeDesktopSecret(): Promise<string | null>
  notify?(note: { title: string; body: string; path?: string }): Promise<void>
  platform: string
}

declare global {
  interface Window {
    shardlyn?: DesktopBridge
  }
}

export const desktop = (): DesktopBridge | undefined => window.shardlyn

/** The one-time secret of the desktop window; null in a browser. */
export async function takeDesktopSecret(): Promise<string | null> {
  return (await desktop()?.takeDesktopSecret().catch(() => null)) ?? null
}
