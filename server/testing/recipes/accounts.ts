import { createApiToken } from '#contract/api-tokens'
import { addSshKey } from '#contract/settings'
import { suspendUser } from '#contract/users'
import { madeId, nothing, type Recipe, type Recipes } from './setting.ts'

const public_key = `ssh-ed25519 ${Buffer.concat([
  Buffer.from('0000000b7373682d6564323535313900000020', 'hex'),
  Buffer.alloc(32, 9),
]).toString('base64')}`
const onAccount: Recipe = async (it) => ({ params: { id: (await it.account()).id } })
const onKey: Recipe = async (it) => {
  await it.own(addSshKey, { body: { name: 'laptop', public_key } })
  return { params: { name: 'laptop' } }
}

/** Sign-ins, tokens, settings, and accounts as administrators see them. */
export const accountRecipes: Recipes = {
  getMe: nothing,
  logout: nothing,
  logoutEverywhere: nothing,
  listSessions: nothing,
  revokeSession: async (it) => ({ params: { id: await it.otherSession() } }),
  updatePassword: async () => ({
    body: { current_password: 'correct horse', new_password: 'a longer horse by far' },
  }),

  listApiTokens: nothing,
  createApiToken: async () => ({ body: { name: 'ci' } }),
  deleteApiToken: async (it) => ({ params: { id: madeId(await it.own(createApiToken, { body: { name: 'ci' } })) } }),

  getSettings: nothing,
  updateSettings: async () => ({ body: { preferences: { theme: 'dark' } } }),
  addSshKey: async () => ({ body: { name: 'laptop', public_key } }),
  removeSshKey: onKey,
  setDefaultSshKey: async (it) => {
    await onKey(it)
    const other = public_key.replace('JCQkJ', 'JCQkK')
    await it.own(addSshKey, { body: { name: 'desk', public_key: other } })
    return { params: { name: 'desk' } }
  },
  getSignInPolicy: nothing,
  updateSignInPolicy: async () => ({ body: { registration: 'open' } }),

  listUsers: nothing,
  listAdminUsers: nothing,
  createUser: async () => ({ body: { email: 'new@example.com' } }),
  getUser: onAccount,
  updateUser: async (it) => ({ ...(await onAccount(it)), body: { platform_role: 'admin' } }),
  deleteUser: onAccount,
  suspendUser: onAccount,
  unsuspendUser: async (it) => {
    const input = await onAccount(it)
    await it.app.signedIn(suspendUser, input)
    return input
  },
  createResetLink: onAccount,
}
