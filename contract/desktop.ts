import { Type as T } from 'typebox'

/** What the page may ask of the desktop app, by channel: the arguments it takes. The main process checks each message against them. */
export const desktopCalls = {
  takeDesktopSecret: T.Tuple([]),
} as const
export type DesktopCall = keyof typeof desktopCalls

/** `window.shardlyn`: there in the desktop window, absent in a browser. */
export type DesktopBridge = {
  platform: string
  /** A secret that `POST /v1/auth/desktop` accepts once. */
  takeDesktopSecret: () => Promise<string>
}
