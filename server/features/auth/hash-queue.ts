import { tooMany } from '#server/errors'
import { networkOf } from './networks.ts'

const MAX_RUNNING = 2
/** Who has not signed in here before leaves half of the machine to the others. */
const MAX_STRANGERS = 1
const MAX_WAITING = 32
const MAX_TURNS = 2000
const RETRY_SECONDS = 3

/** Whom a hash is for. `isKnown`: they signed in to this account from this address lately. */
export type HashFor = { ip: string; isKnown?: boolean }
type Waiting = {
  network: string
  ip: string
  isKnown: boolean
  arrival: number
  start: () => void
  refuse: () => void
}

/**
 * A hash takes tens of milliseconds of a core, so what a flood of sign-ins can take is bounded. People who were here before come
 * first, then networks in turn, and within a network its addresses in turn. Where the queue is full, whoever has most in it loses
 * their newest.
 */
export function createHashQueue() {
  let waiting: Waiting[] = []
  let running = 0
  let strangers = 0
  let arrivals = 0
  let turns = 0
  /** When a network or an address was served last. */
  const served = new Map<string, number>()

  const turnOf = (place: string) => served.get(place) ?? 0
  const isBefore = (a: Waiting, b: Waiting) =>
    Number(b.isKnown) - Number(a.isKnown) ||
    turnOf(a.network) - turnOf(b.network) ||
    turnOf(a.ip) - turnOf(b.ip) ||
    a.arrival - b.arrival

  function startNext() {
    while (running < MAX_RUNNING) {
      const next = waiting.filter(({ isKnown }) => isKnown || strangers < MAX_STRANGERS).toSorted(isBefore)[0]
      if (!next) return
      waiting = waiting.filter((other) => other !== next)
      if (served.size > MAX_TURNS) served.clear()
      served.set(next.network, ++turns).set(next.ip, turns)
      running++
      if (!next.isKnown) strangers++
      next.start()
    }
  }

  function refuseOne() {
    const count = (key: 'network' | 'ip', value: string) => waiting.filter((other) => other[key] === value).length
    const weight = (job: Waiting) =>
      [Number(!job.isKnown), count('network', job.network), count('ip', job.ip), job.arrival] as const
    const heavier = (a: Waiting, b: Waiting) => {
      const [x, y] = [weight(a), weight(b)]
      return y[0] - x[0] || y[1] - x[1] || y[2] - x[2] || y[3] - x[3]
    }
    const victim = waiting.toSorted(heavier)[0]
    waiting = waiting.filter((other) => other !== victim)
    victim?.refuse()
  }

  return {
    async run<T>({ ip, isKnown = false }: HashFor, work: () => Promise<T>): Promise<T> {
      await new Promise<void>((resolve, reject) => {
        const refuse = () =>
          reject(tooMany('busy', 'Too many people are signing in at once. Try again in a few seconds.', RETRY_SECONDS))
        waiting.push({ network: networkOf(ip), ip, isKnown, arrival: ++arrivals, start: resolve, refuse })
        startNext()
        if (waiting.length > MAX_WAITING) refuseOne()
      })
      try {
        return await work()
      } finally {
        running--
        if (!isKnown) strangers--
        startNext()
      }
    },
    waiting: () => waiting.length,
  }
}
export type HashQueue = ReturnType<typeof createHashQueue>
