import { expect, test } from 'vitest'
import { proveLimitRaces } from './limit-races.ts'

// The short form; `npm run prove -- limit-races` runs a hundred rounds and prints its figures.

test(
  'of fifty who ask at once for the last place, one gets it, and no limit is passed',
  { timeout: 120_000 },
  async () => {
    const figures = await proveLimitRaces(4)
    const expected = { rounds: 4, requests: 200, done: 4, refused: 196, over: 0, other: 0 }
    const names = ['invites', 'apiTokens', 'organizations', 'members', 'shares']
    expect(figures).toEqual(Object.fromEntries(names.map((name) => [name, expected])))
  },
)
