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
    (Number(b.isKnown) - Number(a.isKnown) ||
      turnOf(a.network) - turnOf(b.network) ||
      turnOf(a.ip) - turnOf(b.ip) ||
      a.arrival - b.arrival) < 0

  function startNext() {
    while (running < MAX_RUNNING) {
      const next = waiting
        .filter(({ isKnown }) => isKnown || strangers < MAX_STRANGERS)
        .reduce<Waiting | undefined>((first, job) => (!first || isBefore(job, first) ? job : first), undefined)
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
    const counts = new Map<string, number>()
    const countOf = (place: string) => counts.get(place) ?? 0
    for (const { network, ip } of waiting) {
      counts.set(network, countOf(network) + 1).set(ip, countOf(ip) + 1)
    }
    const isHeavier = (a: Waiting, b: Waiting) =>
      (Number(b.isKnown) - Number(a.isKnown) ||
        countOf(a.network) - countOf(b.network) ||
        countOf(a.ip) - countOf(b.ip) ||
        a.arrival - b.arrival) > 0
    const victim = waiting.reduce((heaviest, job) => (isHeavier(job, heaviest) ? job : heaviest))
    waiting = waiting.filter((job) => job !== victim)
    victim.refuse()
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
