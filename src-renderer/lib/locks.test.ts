import { afterEach, expect, test, vi } from 'vitest'
import { withTabLock } from './locks.ts'

afterEach(() => localStorage.clear())

test('without navigator.locks two tabs still take turns', async () => {
  expect('locks' in navigator).toBe(false)
  const order: string[] = []
  const work = (name: string) =>
    withTabLock('turns', async () => {
      order.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 30))
      order.push(`${name} ends`)
    })
  await Promise.all([work('a'), work('b')])
  expect(order[1]).toBe(order[0]?.replace('begins', 'ends'))
  expect(localStorage.getItem('turns.lease')).toBeNull()
})

test('the lease of a tab that died is not waited for longer than it lasts', async () => {
  localStorage.setItem('turns.lease', `dead|${Date.now() + 150}`)
  const work = vi.fn(async () => 'done')
  expect(await withTabLock('turns', work)).toBe('done')
  expect(work).toHaveBeenCalledOnce()
})
