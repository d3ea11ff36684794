import { isIP } from 'node:net'
import { conflict } from '#server/errors'

/** The page that somebody uses: its name, which passkeys are bound to, and its origin. */
export type Site = { host: string; origin: string }

export function assertName({ host }: Site): void {
  if (isIP(host) !== 0 || host.startsWith('[')) {
    throw conflict('passkeys_need_a_name', 'Passkeys need a name. Open this page by its name, not by an IP address.')
  }
}
