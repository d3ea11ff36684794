import { expect, test } from 'vitest'
import { proveReconnectStorm } from './reconnect-storm.ts'

test('machines that are cut off in one moment all come back, each once', { timeout: 180_000 }, async () => {
  const figure = await proveReconnectStorm(60, 1)
  expect(figure.requests).toBeGreaterThan(0)
  expect(figure).toMatchObject({ machines: 60, doubles: 0 })
})
