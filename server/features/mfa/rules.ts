import type { Db } from '#server/db/schema'
import { conflict, unauthorized } from '#server/errors'
import { readPolicy } from '#server/sign-in'
import * as store from './store.ts'

export async function getPerson(db: Db, userId: string): Promise<store.Person> {
  const person = await store.findPerson(db, userId)
  if (!person) throw unauthorized('unauthorized', 'Sign in first.')
  return person
}

/** Whether somebody may be left with these factors. Ask it in the transaction that takes the others away. */
export async function assertMayKeepOnly(
  db: Db,
  person: store.Person,
  had: store.Factors,
  left: Pick<store.Factors, 'totp' | 'passkeys'>,
): Promise<void> {
  if (!left.totp && left.passkeys === 0 && (await readPolicy(db)).require_mfa) {
    throw conflict(
      'mfa_required_by_policy',
      'An administrator asks everybody for a second factor. Set up another first.',
    )
  }
  const hasOtherWay = person.password_hash !== null || person.provider !== null
  if (!hasOtherWay && had.passkeys > 0 && left.passkeys === 0) {
    throw conflict('only_way_in', 'Your passkeys are your only way in. Choose a password first.')
  }
}
