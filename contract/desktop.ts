import { type Static, Type as T } from 'typebox'

/** What the page may ask of the desktop app: by channel, the arguments it takes. The main process checks each against its schema. */
export const desktopCalls = {
  takeDesktopSecret: T.Tuple([]),
  getDesktopInfo: T.Tuple([]),
} as const

/** What the desktop app tells the page. */
export const desktopMessages = {
  openPage: T.Tuple([T.String({ pattern: '^/', maxLength: 512, description: 'A path of the dashboard.' })]),
} as const

export type DesktopCall = keyof typeof desktopCalls
export type DesktopArguments<C extends DesktopCall> = Static<(typeof desktopCalls)[C]>

export const DesktopInfo = T.Object({ version: T.String(), platform: T.String() })
export type DesktopInfo = Static<typeof DesktopInfo>

export type DesktopAnswers = {
  /** A secret that `POST /v1/auth/desktop` accepts once. */
  takeDesktopSecret: string
  getDesktopInfo: DesktopInfo
}

/** `window.shardlynDesktop`: there in the desktop window, absent in a browser. */
export type DesktopBridge = {
  [C in DesktopCall]: (...args: DesktopArguments<C>) => Promise<DesktopAnswers[C]>
} & {
  /** Calls back when a menu or the tray asks for a page; the answer ends it. */
  onOpenPage: (listener: (path: string) => void) => () => void
}
