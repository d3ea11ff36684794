import { type ConsoleServerMessage, UNACKED_MAX } from '#contract/console'
import type { Feed } from '#server/terminal/feed'
import { frameOf, type Port } from '#server/terminal/frame'

type ConsolePort = Port<ConsoleServerMessage>

/** An honest viewer never has more under way; one that acknowledges what it has not read gets no more until it reads. */
const BUFFERED_MAX = 2 * UNACKED_MAX

export type Begin = { from: number } | { tail: number }

/** One viewer of a hub, and how far it is. */
export type Viewer = {
  port: ConsolePort
  begin: Begin
  /** Of the next byte it gets; unknown until the log's ends are. */
  offset: number | undefined
  acked: number
  /** Reads by itself while it is behind what the hub still holds. */
  own: Feed | undefined
  isToldLost: boolean
  /** Was waited for in vain: the others go on, and it comes after on its own. */
  isLeft: boolean
}

export const newViewer = (port: ConsolePort, begin: Begin): Viewer => ({
  port,
  begin,
  offset: undefined,
  acked: 0,
  own: undefined,
  isToldLost: false,
  isLeft: false,
})

export const canTake = ({ port, offset = 0, acked }: Viewer): boolean =>
  offset - acked < UNACKED_MAX && port.buffered() < BUFFERED_MAX

export function send(viewer: Viewer, bytes: Buffer): void {
  viewer.port.write(frameOf([bytes]))
  viewer.offset = (viewer.offset ?? 0) + bytes.length
}

/** The viewer's next byte is another one: what lies between was never sent, and is not waited for. */
export function jump(viewer: Viewer, to: number): void {
  viewer.acked = to - Math.max(0, (viewer.offset ?? to) - viewer.acked)
  viewer.offset = to
}

/** From a start on both sides count anew: nothing before it is acknowledged any more. */
export function start(viewer: Viewer, offset: number, reach: { oldest: number; newest: number }): void {
  viewer.offset = viewer.acked = offset
  viewer.isToldLost = false
  viewer.port.tell({ type: 'start', offset, ...reach })
}

export function tellLost(viewer: Viewer, reason: string): void {
  if (viewer.isToldLost) return
  viewer.isToldLost = true
  viewer.port.tell({ type: 'reconnecting', reason })
}
