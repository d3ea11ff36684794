import { setTimeout as sleep } from 'node:timers/promises'

export type Worker = ReturnType<typeof createWorker>

/** Does one thing after another: what was put in its queue, then a step towards what is wanted, whenever it is poked. */
export function createWorker(step: () => Promise<void> | void, onError: (error: unknown) => void) {
  const queue: (() => Promise<void>)[] = []
  let poked = false
  let working: Promise<void> | undefined
  let closed = false

  async function work() {
    while (poked && !closed) {
      poked = false
      try {
        for (let task = queue.shift(); task; task = queue.shift()) await task()
        await step()
      } catch (error) {
        onError(error)
        await sleep(1000)
      }
    }
  }

  function poke() {
    poked = true
    working ??= work().finally(() => (working = undefined))
  }

  return {
    poke,
    /** To be done before the next step. */
    add(task: () => Promise<void>): void {
      queue.push(task)
      poke()
    },
    end(): void {
      closed = true
    },
    /** Ends after the step that is under way. */
    async close(): Promise<void> {
      closed = true
      await working
    },
  }
}
