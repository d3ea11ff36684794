import { expect, test } from 'vitest'
import { createHashQueue, type HashFor } from './hash-queue.ts'

/** Work that ends when it is told to, so that the order of the queue is seen without a clock. */
function stage() {
  const queue = createHashQueue()
  const started: string[] = []
  const endings: (() => void)[] = []
  const refused: string[] = []
  const jobs: Promise<void>[] = []
  let atOnce = 0
  let most = 0
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    queue,
    started,
    refused,
    most: () => most,
    async add(name: string, who: HashFor) {
      const job = queue.run(who, async () => {
        started.push(name)
        most = Math.max(most, ++atOnce)
        await new Promise<void>((resolve) => endings.push(resolve))
        atOnce--
      })
      jobs.push(job.catch((error: { code: string }) => void refused.push(`${name} ${error.code}`)))
      await settle()
    },
    /** Lets everything run to its end, one after another. */
    async finish() {
      for (;;) {
        const end = endings.shift()
        if (!end) break
        end()
        await settle()
      }
      await Promise.all(jobs)
    },
  }
}

test('two hashes run at once at most, and strangers leave one of them to people who were here before', async () => {
  const { add, finish, started, most } = stage()
  for (let i = 0; i < 5; i++) await add(`stranger ${i}`, { ip: `192.0.2.${i}` })
  expect(started).toEqual(['stranger 0'])
  for (let i = 0; i < 3; i++) await add(`known ${i}`, { ip: '203.0.113.5', isKnown: true })
  expect(started).toEqual(['stranger 0', 'known 0'])
  await finish()
  expect(most()).toBe(2)
  expect(started.slice(0, 4)).toEqual(['stranger 0', 'known 0', 'known 1', 'known 2'])
  expect(started).toHaveLength(8)
})

test('a flood from one network does not keep another network waiting for more than one turn', async () => {
  const { add, finish, started } = stage()
  for (let i = 0; i < 200; i++) await add(`flood ${i}`, { ip: `192.0.2.${i % 250}` })
  await add('good', { ip: '203.0.113.5' })
  await finish()
  expect(started.indexOf('good')).toBeLessThanOrEqual(2)
})

test('in one network the addresses take turns', async () => {
  const { add, finish, started } = stage()
  for (let i = 0; i < 60; i++) await add(`flood ${i}`, { ip: '192.0.2.7' })
  await add('neighbour', { ip: '192.0.2.8' })
  await finish()
  expect(started.indexOf('neighbour')).toBeLessThanOrEqual(2)
})

test('a full queue refuses the newest of whoever has most in it, and never grows', async () => {
  const { add, finish, queue, refused, started } = stage()
  for (let i = 0; i < 100; i++) await add(`flood ${i}`, { ip: '192.0.2.7' })
  expect(queue.waiting()).toBe(32)
  for (let i = 0; i < 10; i++) await add(`good ${i}`, { ip: `203.0.113.${i}` })
  for (let i = 0; i < 10; i++) await add(`known ${i}`, { ip: '198.51.100.1', isKnown: true })
  expect(queue.waiting()).toBeLessThanOrEqual(32)
  await finish()
  expect(refused.every((name) => name.startsWith('flood') && name.endsWith('busy'))).toBe(true)
  expect(started.filter((name) => !name.startsWith('flood'))).toHaveLength(20)
  expect(queue.waiting()).toBe(0)
})

test('a hash that fails makes room for the next', async () => {
  const queue = createHashQueue()
  const who = { ip: '192.0.2.7' }
  const failing = Array.from({ length: 5 }, () => queue.run(who, () => Promise.reject(new Error('no memory'))))
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(
    Array.from({ length: 5 }, () => 'rejected'),
  )
  expect(await queue.run(who, async () => 'done')).toBe('done')
})
