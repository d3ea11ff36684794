import { generateRegistrationOptions } from '@simplewebauthn/server'
import type { Passkey } from '#contract/mfa'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { conflict, invalid, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import type { Codes } from './codes.ts'
import type { MfaDeps, Told } from './deps.ts'
import { assertMayKeepOnly, getPerson } from './rules.ts'
import { assertName, type Site } from './site.ts'
import * as store from './store.ts'
import { algorithms, readNewPasskey, type WebAuthnAnswer } from './webauthn.ts'

const MAX_PASSKEYS = 20
const LIFE_MS = 5 * 60_000

const shown = ({ id, name, is_synced, created_at, last_used_at }: store.PasskeysTable): Passkey => ({
  id,
  name,
  is_synced: is_synced === 1,
  created_at,
  last_used_at,
})
const tooManyPasskeys = () => conflict('too_many_passkeys', `You have ${MAX_PASSKEYS} passkeys. Remove one first.`)

/** The passkeys of a signed-in person. */
export function createPasskeys({ db, clock, audit, challenges, signIn }: MfaDeps, codes: Codes, told: Told) {
  return {
    list: async (caller: Caller) => ({ items: (await store.listPasskeys(db, caller.user_id)).map(shown) }),

    async begin(caller: Caller, site: Site) {
      assertName(site)
      const known = await store.listPasskeys(db, caller.user_id)
      if (known.length >= MAX_PASSKEYS) throw tooManyPasskeys()
      const options = await generateRegistrationOptions({
        rpName: 'Shardlyn',
        rpID: site.host,
        userName: caller.email,
        userDisplayName: caller.email,
        userID: new TextEncoder().encode(caller.user_id),
        timeout: LIFE_MS,
        attestationType: 'none',
        excludeCredentials: known.filter(({ rp_id }) => rp_id === site.host).map(({ credential_id: id }) => ({ id })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
        supportedAlgorithmIDs: algorithms,
      })
      const challenge_token = await challenges.begin(db, {
        kind: 'passkey_create',
        user_id: caller.user_id,
        data: { challenge: options.challenge, rp_id: site.host },
        ip: caller.ip,
        lifeMs: LIFE_MS,
      })
      return { challenge_token, options: { ...options } }
    },

    async create(
      caller: Caller,
      input: { challenge_token: string; name: string; response: WebAuthnAnswer },
      site: Site,
    ): Promise<Passkey & { recovery_codes?: string[] }> {
      const refusal = invalid('passkey_refused', 'The passkey could not be made. Try again.')
      const challenge = await challenges.take(db, 'passkey_create', input.challenge_token)
      if (!challenge || challenge.user_id !== caller.user_id || challenge.data['rp_id'] !== site.host) throw refusal
      const expected = { challenge: String(challenge.data['challenge']), origin: site.origin, rpId: site.host }
      const read = await readNewPasskey(input.response, expected)
      if (!read) throw refusal
      const made = await inTransaction(db, async (db) => {
        const had = await store.findFactors(db, caller.user_id)
        if (had.passkeys >= MAX_PASSKEYS) throw tooManyPasskeys()
        const row = await store.insertPasskey(db, {
          ...read,
          id: newId(clock.now()),
          user_id: caller.user_id,
          name: input.name.trim(),
          rp_id: site.host,
          created_at: isoNow(clock),
          last_used_at: null,
        })
        if (!row) throw conflict('passkey_known', 'This passkey is set up already.')
        const subject = { type: 'passkey', id: row.id, name: row.name }
        await audit(db, { ...byCaller(caller), action: 'passkey.created', subject })
        const isFirst = !had.totp && had.passkeys === 0
        const recovery_codes = isFirst ? await codes.renew(db, caller.user_id) : undefined
        return { row, recovery_codes, person: await getPerson(db, caller.user_id) }
      })
      await signIn.endOthers(caller.user_id, caller.session_id, 'factor_changed')
      told(made.person, 'passkey_added', caller.ip)
      return { ...shown(made.row), ...(made.recovery_codes && { recovery_codes: made.recovery_codes }) }
    },

    async remove(caller: Caller, id: string): Promise<void> {
      const person = await inTransaction(db, async (db) => {
        const had = await store.findFactors(db, caller.user_id)
        const removed = await store.deletePasskey(db, caller.user_id, id)
        if (!removed) throw notFound('passkey_not_found', 'There is no such passkey.')
        const person = await getPerson(db, caller.user_id)
        const left = { totp: had.totp, passkeys: had.passkeys - 1 }
        await assertMayKeepOnly(db, person, had, left)
        if (!left.totp && left.passkeys === 0) await store.deleteRecoveryCodes(db, caller.user_id)
        const subject = { type: 'passkey', id, name: removed.name }
        await audit(db, { ...byCaller(caller), action: 'passkey.deleted', subject })
        return person
      })
      await signIn.endOthers(caller.user_id, caller.session_id, 'factor_changed')
      told(person, 'factors_removed', caller.ip)
    },
  }
}
