import { expect, test } from 'vitest'
import { proveFuzz } from './fuzz.ts'
import { proveIsolation } from './isolation.ts'
import { proveRevocation } from './revocation.ts'

// The short form of long proofs; `npm run prove -- NAME` runs them whole and prints their figure.

test('organizations never see each other, whatever is asked', { timeout: 120_000 }, async () => {
  const figure = await proveIsolation(3000)
  expect(figure.leaks).toEqual([])
  // Calls that all fail would prove nothing.
  expect(figure.succeeded).toBeGreaterThan(figure.operations / 3)
})

test('no request, right or wrong, is answered off the document', { timeout: 240_000 }, async () => {
  const figure = await proveFuzz(400)
  expect(figure.found).toEqual([])
})

test('whatever somebody has open ends with the right to it', { timeout: 120_000 }, async () => {
  const figure = await proveRevocation(10)
  expect(figure).toMatchObject({ rounds: 10, ways: 10, late: [] })
})
