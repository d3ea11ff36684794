import { expect, test } from 'vitest'
import { proveLoginFlood } from './login-flood.ts'
import { proveRefreshRaces } from './refresh-races.ts'

// The short form of the long proofs; `npm run prove -- NAME` runs them whole and prints their figure.

test('two tabs that renew a session at the same moment are not signed out', { timeout: 60_000 }, async () => {
  expect(await proveRefreshRaces(50)).toMatchObject({ rounds: 50, falseLogOuts: 0, theftNoticed: true })
})

test('in a flood of sign-ins no wrong one is accepted and the good ones get in', { timeout: 60_000 }, async () => {
  const figure = await proveLoginFlood(3)
  expect(Object.values(figure.answers).length).toBeGreaterThan(0)
  expect(figure).toMatchObject({ wronglyAccepted: 0, known: { failed: 0 }, stranger: { failed: 0 } })
})
