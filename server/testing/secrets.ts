import { generateSync } from 'otplib'
import { createApiToken } from '#contract/api-tokens'
import { forgotPassword, login, type Tokens } from '#contract/auth'
import { updateMailSettings } from '#contract/mail'
import { enrollMfa, verifyMfa } from '#contract/mfa'
import { createRegisterToken } from '#contract/nodes'
import type { Operation } from '#contract/operation'
import { inviteMember } from '#contract/invites'
import { listOrganizations } from '#contract/organizations'
import { updateSignInPolicy } from '#contract/settings'
import { updateSupportSettings } from '#contract/support'
import { createResetLink, createUser, listUsers } from '#contract/users'
import type { CallInput, TestApp } from './app.ts'

/** Forms in which a secret could stand somewhere. */
const formsOf = (value: string) => [
  value,
  Buffer.from(value).toString('base64'),
  Buffer.from(value).toString('base64url').replace(/=+$/, ''),
  Buffer.from(value).toString('hex'),
]

/**
 * Secrets of every kind that the product keeps, made as people make them: passwords, tokens of programs, of invitations, of
 * reset links and of machines, factors, and the secrets of other services. Nothing may ever show one again.
 */
export async function plantSecrets(app: TestApp) {
  const planted = new Map<string, string>()
  const plant = (name: string, value: string) => {
    planted.set(value, name)
    return value
  }
  const call = async (op: Operation, input: CallInput = {}, token?: string) => {
    const answer = await app.call(op, input, { token: token ?? (await app.adminToken()) })
    if (answer.status >= 300) throw new Error(`${op.schema.operationId}: ${answer.text}`)
    return answer.status === 204 ? {} : answer.json()
  }
  const tokenIn = (link: string) => new URL(link).hash.replace(/^#token=/, '')

  const [home] = (await call(listOrganizations)).items as { id: string }[]
  const orgId = home?.id ?? ''
  for (const name of ['a', 'b', 'c']) {
    const password = plant(`the password of ${name}`, `planted-password-of-${name}-9fK2`)
    const email = `planted-${name}@example.com`
    await call(createUser, { body: { email, password } })
    const tokens = (await app.call(login, { body: { email, password } })).json() as Tokens
    plant(`the refresh token of ${name}`, tokens.refresh_token)
    plant(`the access token of ${name}`, tokens.access_token)
    const { secret } = await call(enrollMfa, {}, tokens.access_token)
    plant(`the TOTP secret of ${name}`, secret)
    const code = generateSync({ secret })
    const { recovery_codes } = await call(verifyMfa, { body: { code } }, tokens.access_token)
    for (const recovery of recovery_codes as string[]) plant(`a recovery code of ${name}`, recovery)
    plant(`an API token of ${name}`, (await call(createApiToken, { body: { name } }, tokens.access_token)).token)
  }
  const scoped = await call(createApiToken, { body: { name: 'scoped', scopes: ['nodes.view', 'workloads.view'] } })
  plant('a scoped API token', scoped.token)
  for (const email of [undefined, 'guest@example.com']) {
    const { link } = await call(inviteMember, { params: { orgId }, body: { ...(email && { email }) } })
    plant('an invitation', tokenIn(link))
  }
  plant('a token of a machine', (await call(createRegisterToken, { body: {} })).token)
  plant('the password of the mail account', 'planted-mail-password-7Q')
  await call(updateMailSettings, {
    body: { host: 'mail.example.com', username: 'mail', password: 'planted-mail-password-7Q' },
  })
  plant('the secret of GitHub', 'planted-github-secret-3X')
  await call(updateSignInPolicy, { body: { github: { client_id: 'id', client_secret: 'planted-github-secret-3X' } } })
  plant('the secret of HelpScout', 'planted-helpscout-secret-1Z')
  await call(updateSupportSettings, { body: { helpscout_secret: 'planted-helpscout-secret-1Z' } })
  await app.call(forgotPassword, { body: { email: 'planted-a@example.com' } })
  const { items } = await call(listUsers, { query: { search: 'planted-b' } })
  plant('a reset link', tokenIn((await call(createResetLink, { params: { id: items[0].id } })).link))

  return {
    size: planted.size,
    apiToken: scoped.token as string,
    nameOf: (value: string) => planted.get(value) ?? value,
    /** The first planted secret of which something holds true. */
    find: (holds: (value: string) => boolean) => [...planted.keys()].find(holds),
    /** The name of a secret that stands somewhere in plain, base64 or hex. */
    findStored: (bytes: Buffer) =>
      [...planted].find(([value]) => formsOf(value).some((form) => bytes.includes(form)))?.[1],
  }
}
export type Planted = Awaited<ReturnType<typeof plantSecrets>>
