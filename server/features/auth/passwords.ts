import { hash, verify } from '@node-rs/argon2'
import { tooMany } from '#server/errors'

/** OWASP's floor for Argon2id: 19 MiB, two passes, one lane. */
const options = { memoryCost: 19456, timeCost: 2, parallelism: 1 } as const
const MAX_RUNNING = 2
const MAX_WAITING = 32

/** A hash takes tens of milliseconds of a core, so a queue bounds what a flood of sign-ins can take. */
export function createPasswords() {
  let running = 0
  const waiting: (() => void)[] = []
  let decoy: Promise<string> | undefined

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MAX_RUNNING) {
      if (waiting.length >= MAX_WAITING) {
        throw tooMany('busy', 'Too many people are signing in at once. Try again in a few seconds.')
      }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password: string) => inTurn(() => hash(password, options)),
    /** Takes the same time for an unknown account (`stored` undefined) as for a wrong password. */
    async verify(stored: string | null | undefined, password: string): Promise<boolean> {
      decoy ??= hash('no account has this password', options)
      const against = stored ?? (await decoy)
      const matches = await inTurn(() => verify(against, password))
      return matches && typeof stored === 'string'
    },
  }
}
export type Passwords = ReturnType<typeof createPasswords>
