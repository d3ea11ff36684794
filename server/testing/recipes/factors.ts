import { beginPasskey, createPasskey, enrollMfa, verifyMfa } from '#contract/mfa'
import { updateSignInPolicy } from '#contract/settings'
import { createAuthenticator } from '#server/testing/authenticator'
import { codeAt, STEP_MS } from '#server/testing/factors'
import { madeId, nothing, type Recipe, type Recipes, type Setting } from './setting.ts'

/** The caller's authenticator app, waiting for its first code. */
async function enrolling(it: Setting): Promise<string> {
  const { secret = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } = (await it.own(enrollMfa)).json() as { secret?: string }
  return secret
}
/** Turned on; the recovery codes come with it. */
async function enrolled(it: Setting) {
  const secret = await enrolling(it)
  const verified = await it.own(verifyMfa, { body: { code: codeAt(secret, Date.now()) } })
  const { recovery_codes = [] } = verified.json() as { recovery_codes?: string[] }
  return { secret, recovery: recovery_codes[0] ?? 'none-at-all' }
}
const passkey: Recipe = async (it) => {
  const { challenge_token = 'none', options = { challenge: '', rp: { id: '' }, user: { id: '' } } } = (
    await it.own(beginPasskey)
  ).json() as { challenge_token?: string; options?: object }
  return { body: { challenge_token, name: 'Laptop', response: createAuthenticator().create(options) } }
}
const withGithub: Recipe = async (it) => {
  const github = { enabled: true, client_id: 'Iv1.abc', client_secret: 'a secret' }
  await it.app.signedIn(updateSignInPolicy, { body: { github } })
  return {}
}

/** Second factors, and accounts elsewhere. */
export const factorRecipes: Recipes = {
  getMfaStatus: nothing,
  enrollMfa: nothing,
  verifyMfa: async (it) => ({ body: { code: codeAt(await enrolling(it), Date.now()) } }),
  disableMfa: async (it) => ({ body: { code: (await enrolled(it)).recovery } }),
  // The code of now was spent by turning it on; the one after it is good already.
  regenerateRecoveryCodes: async (it) => ({
    body: { code: codeAt((await enrolled(it)).secret, Date.now() + STEP_MS) },
  }),
  listPasskeys: nothing,
  beginPasskey: nothing,
  createPasskey: passkey,
  // With one more, so that it is not the only way in of somebody without a password.
  deletePasskey: async (it) => {
    await it.own(createPasskey, await passkey(it))
    return { params: { id: madeId(await it.own(createPasskey, await passkey(it))) } }
  },
  resetUserMfa: async (it) => ({ params: { id: (await it.account()).id } }),

  listIdentities: nothing,
  linkGithub: withGithub,
  // Not the only way in: they have a password too.
  unlinkIdentity: async (it) => {
    const { db } = it.app.control
    const identity = { provider: 'github', subject: it.caller.id, user_id: it.caller.id, login: 'ana' } as const
    await db
      .insertInto('identities')
      .values({ ...identity, email: null, created_at: new Date().toISOString() })
      .onConflict((on) => on.doNothing())
      .execute()
    await db.updateTable('users').set({ password_hash: 'any' }).where('id', '=', it.caller.id).execute()
    return { params: { provider: 'github' } }
  },
}
