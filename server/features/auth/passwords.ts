import { hash, verify } from '@node-rs/argon2'
import { createHashQueue, type HashFor, type HashQueue } from './hash-queue.ts'

/** OWASP's floor for Argon2id: 19 MiB, two passes, one lane. */
const options = { memoryCost: 19456, timeCost: 2, parallelism: 1 } as const

/** The same letters typed on two systems can be two texts; they are one password. */
const normal = (password: string) => password.normalize('NFC')

export function createPasswords(queue: HashQueue = createHashQueue()) {
  let decoy: Promise<string> | undefined

  return {
    hash: (password: string, who: HashFor) => queue.run(who, () => hash(normal(password), options)),
    /** Takes the same time for an unknown account (`stored` undefined) as for a wrong password. */
    verify: (stored: string | null | undefined, password: string, who: HashFor): Promise<boolean> =>
      queue.run(who, async () => {
        decoy ??= hash('no account has this password', options)
        const nobody = await decoy
        const matches = await verify(stored ?? nobody, normal(password))
        return matches && typeof stored === 'string'
      }),
  }
}
export type Passwords = ReturnType<typeof createPasswords>
