import { expect, type Page } from '@playwright/test'
import { getMe, register } from '#contract/auth'
import type { Input } from '#contract/operation'
import { inviteMember } from '#contract/invites'
import type { InstancePermission } from '#contract/permissions'
import { type Client, createClient, testPerson } from '#server/testing/process'

type Invitation = Omit<Input<typeof inviteMember>['body'], 'email'>
export type Friend = { id: string; orgId: string; email: string; password: string; client: Client }

/** Somebody who is here for one server only, as the invitation dialog says it. */
export const chosenOnly = (
  instance_id: string,
  permissions: InstancePermission[] = ['instances.view', 'instances.console'],
): Invitation => ({
  role: 'user',
  denials: ['instances.create', 'workloads.create', 'workloads.view', 'nodes.view'],
  instances: [{ instance_id, permissions }],
})

/** Invites somebody by a link, and registers them with it. */
export async function befriend(host: Client, email: string, invitation: Invitation = {}): Promise<Friend> {
  const { organization } = await host.call(getMe, {})
  const orgId = organization?.id ?? ''
  const { link } = await host.call(inviteMember, { params: { orgId }, body: { ...invitation, email } })
  const password = `${email} and a horse`
  const client = createClient(host.url)
  const invite_token = new URL(link).hash.replace('#token=', '')
  client.speakFor(await client.call(register, { body: { email, password, invite_token } }))
  return { id: (await client.call(getMe, {})).id, orgId, email, password, client }
}

/** Signs in as a person does, the owner unless told; the overview is there then. */
export async function signIn(
  page: Page,
  url: string,
  { email, password }: { email: string; password: string } = testPerson,
): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
}
