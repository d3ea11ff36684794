import { expect, test } from 'vitest'
import { proveSshSerials } from './ssh-serials.ts'

test('certificates that are issued at once have serial numbers of their own', { timeout: 60_000 }, async () => {
  expect(await proveSshSerials(500)).toEqual({
    issued: 500,
    serials: 500,
    keyIds: 500,
    zero: 0,
    asSaid: 500,
    rows: 500,
  })
})
