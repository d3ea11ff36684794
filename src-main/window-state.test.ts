import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { expect, onTestFinished, test } from 'vitest'
import { keepWindowState, placeWindow, readWindowState, writeWindowState } from './window-state.ts'

const screen = { x: 0, y: 0, width: 1920, height: 1040 }
const right = { x: 1920, y: 0, width: 2560, height: 1400 }
const saved = { bounds: { x: 100, y: 80, width: 1000, height: 700 }, isMaximized: false }

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'shardlyn-window-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('the window opens where it was', () => {
  expect(placeWindow(saved, [screen], screen)).toEqual(saved)
  const onSecond = { ...saved, bounds: { ...saved.bounds, x: 2500 } }
  expect(placeWindow(onSecond, [screen, right], screen)).toEqual(onSecond)
})

test('a window whose display has gone opens in the middle of the one that is there, in its size and maximized as it was', () => {
  const gone = { bounds: { x: 2500, y: 80, width: 1000, height: 700 }, isMaximized: true }

  expect(placeWindow(gone, [screen], screen)).toEqual({
    bounds: { x: 460, y: 170, width: 1000, height: 700 },
    isMaximized: true,
  })
})

test.each([
  ['above the screen', { x: 100, y: -400 }],
  ['below it', { x: 100, y: 1035 }],
  ['nearly off to the left', { x: -950, y: 100 }],
])('a title bar %s cannot be grabbed, so the window is fetched back', (_, position) => {
  const placed = placeWindow({ bounds: { ...saved.bounds, ...position }, isMaximized: false }, [screen], screen)

  expect(placed.bounds).toEqual({ x: 460, y: 170, width: 1000, height: 700 })
})

test('the first window, and one larger than the screen, fit on it', () => {
  expect(placeWindow(undefined, [screen], screen).bounds).toEqual({ x: 320, y: 110, width: 1280, height: 820 })
  const small = { x: 0, y: 0, width: 1024, height: 600 }
  expect(placeWindow(undefined, [small], small).bounds).toEqual(small)
})

test('the state is kept in a file, whole or not at all', () => {
  const path = folder()
  const file = join(path, 'window.json')
  expect(readWindowState(file)).toBeUndefined()

  writeWindowState(file, saved)

  expect(readWindowState(file)).toEqual(saved)
  expect(readdirSync(path)).toEqual(['window.json'])
})

test.each(['', 'null', '{}', '{"bounds":{"x":0,"y":0,"width":-1,"height":5},"isMaximized":true}', '{"bounds":1e999}'])(
  'a file that says %j is as good as none',
  (text) => {
    const file = join(folder(), 'window.json')
    writeFileSync(file, text)

    expect(readWindowState(file)).toBeUndefined()
  },
)

test('moving saves once it settles, closing saves at once', async () => {
  const written: unknown[] = []
  const window = Object.assign(new EventEmitter(), { getNormalBounds: () => saved.bounds, isMaximized: () => true })
  const settled = new Promise<void>((resolve) =>
    keepWindowState(window as unknown as BrowserWindow, (state) => (written.push(state), resolve()), 10),
  )
  window.emit('move')
  window.emit('resize')
  window.emit('move')
  expect(written).toEqual([])

  await settled
  expect(written).toEqual([{ bounds: saved.bounds, isMaximized: true }])

  window.emit('move')
  window.emit('close')
  expect(written).toHaveLength(2)
})
