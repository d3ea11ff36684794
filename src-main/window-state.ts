import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { BrowserWindow, Rectangle } from 'electron'
import { type Static, Type as T } from 'typebox'
import { Value } from 'typebox/value'

const Size = T.Integer({ minimum: 200, maximum: 20_000 })
const Position = T.Integer({ minimum: -100_000, maximum: 100_000 })
const WindowState = T.Object({
  bounds: T.Object({ x: Position, y: Position, width: Size, height: Size }),
  isMaximized: T.Boolean(),
})
type WindowState = Static<typeof WindowState>

const DEFAULT = { width: 1280, height: 820 }

/** The state of last time; undefined when there is none that can be used. */
export function readWindowState(file: string): WindowState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Value.Check(WindowState, state) ? state : undefined
  } catch {
    return undefined
  }
}

export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state))
  renameSync(`${file}.new`, file)
}

const overlap = (aStart: number, aSize: number, bStart: number, bSize: number) =>
  Math.min(aStart + aSize, bStart + bSize) - Math.max(aStart, bStart)

/** Whether enough of the title bar is on the screen to be grabbed. */
const isReachable = ({ x, y, width }: Rectangle, area: Rectangle) =>
  overlap(x, width, area.x, area.width) >= 120 && y >= area.y - 10 && y <= area.y + area.height - 40

/** Where the window opens: as last time, or in the middle of the first display when that place has gone. */
export function placeWindow(saved: WindowState | undefined, areas: Rectangle[], primary: Rectangle): WindowState {
  if (saved && areas.some((area) => isReachable(saved.bounds, area))) return saved
  const width = Math.min(saved?.bounds.width ?? DEFAULT.width, primary.width)
  const height = Math.min(saved?.bounds.height ?? DEFAULT.height, primary.height)
  const x = primary.x + Math.round((primary.width - width) / 2)
  const y = primary.y + Math.round((primary.height - height) / 2)
  return { bounds: { x, y, width, height }, isMaximized: saved?.isMaximized ?? false }
}

type Kept = Pick<BrowserWindow, 'getNormalBounds' | 'isMaximized' | 'on'>

/** Remembers the window's place: a moment after it moved, so that a crash loses nothing, and when it closes. */
export function keepWindowState(window: Kept, write: (state: WindowState) => void, delayMs = 500): void {
  let timer: NodeJS.Timeout | undefined
  const save = () => {
    clearTimeout(timer)
    timer = undefined
    write({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() })
  }
  const soon = () => {
    timer ??= setTimeout(save, delayMs)
  }
  window.on('resize', soon)
  window.on('move', soon)
  window.on('close', save)
}
