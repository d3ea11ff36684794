import type { IpcMain, IpcMainInvokeEvent } from 'electron'
import { Value } from 'typebox/value'
import { type DesktopBridge, type DesktopCall, desktopCalls } from '#contract/desktop'
import { isOwnPage } from './navigation.ts'

type Handlers = { [C in DesktopCall]: () => ReturnType<DesktopBridge[C]> | Awaited<ReturnType<DesktopBridge[C]>> }
type Frame = Pick<NonNullable<IpcMainInvokeEvent['senderFrame']>, 'url' | 'parent'>

/** Why a message is refused; undefined when it comes from our page's own top frame and has the right shape. */
export function refusal(
  channel: DesktopCall,
  frame: Frame | null,
  args: unknown[],
  ownOrigin: string,
): string | undefined {
  // The frame is null when it went away or navigated meanwhile.
  if (!frame || frame.parent !== null) return 'Only the top frame may call.'
  if (!isOwnPage(frame.url, ownOrigin)) return 'Only our own page may call.'
  if (!Value.Check(desktopCalls[channel], args)) return 'The arguments do not fit.'
  return undefined
}

/** Answers the calls of the contract, and no others. Nothing else in the app listens to the page. */
export function answerCalls(ipc: Pick<IpcMain, 'handle'>, ownOrigin: string, handlers: Handlers): void {
  for (const channel of Object.keys(desktopCalls) as DesktopCall[]) {
    ipc.handle(channel, (event, ...args: unknown[]) => {
      const why = refusal(channel, event.senderFrame, args, ownOrigin)
      if (why) throw new Error(why)
      return handlers[channel]()
    })
  }
}
