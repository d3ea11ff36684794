import { expect, test } from 'vitest'
import { proveEcho } from './echo.ts'
import { proveMixedCuts } from './mixed-cuts.ts'
import { proveReconnectStorm } from './reconnect-storm.ts'

test('machines that are cut off in one moment all come back, each once', { timeout: 180_000 }, async () => {
  const figure = await proveReconnectStorm(60, 1)
  expect(figure.requests).toBeGreaterThan(0)
  expect(figure).toMatchObject({ machines: 60, doubles: 0 })
})

test(
  'a console, a terminal and transfers go on after each cut, and nothing of them is lost',
  { timeout: 240_000 },
  async () => {
    const figure = await proveMixedCuts(5, 200)
    expect(figure).toMatchObject({ linesWrong: 0, rowsWrong: 0, gaps: 0, shellEnded: 0, asked: { strange: 0 } })
    expect([figure.download.wrong, figure.upload.wrong]).toEqual([0, 0])
    expect(Math.min(figure.lines, figure.rows)).toBeGreaterThan(100)
  },
)

test('letters come back in order while a file comes through the same tunnel whole', { timeout: 180_000 }, async () => {
  const figure = await proveEcho(64, 100)
  expect(figure).toMatchObject({ wrongFiles: 0, isInOrder: true, gaps: 0 })
  expect(Math.min(figure.idle.keystrokes, figure.rounds)).toBeGreaterThan(0)
  expect(figure.loaded.keystrokes).toBeGreaterThanOrEqual(100)
})
