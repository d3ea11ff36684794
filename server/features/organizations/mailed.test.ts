import { expect, test } from 'vitest'
import { listWaitingLinks, updateMailSettings } from '#contract/mail'
import { acceptInvite, inviteMember, listInvites } from '#contract/invites'
import { mailServer } from '#server/testing/mail-server'
import { team } from '#server/testing/team'

const guest = 'guest@team.example'

async function withMail(port: number) {
  const it = await team()
  const body = { enabled: true, host: '127.0.0.1', port, security: 'none', from: 'panel@team.example' }
  expect((await it.app.signedIn(updateMailSettings, { body })).status).toBe(200)
  return it
}

test('an invitation to an address is mailed where mail is set up, and no link waits', async () => {
  await using server = await mailServer()
  await using it = await withMail(server.port)
  await it.add('guest', null)
  const { link, mailed_at } = (await it.as('admin', inviteMember, { body: { email: guest } })).json()
  expect(mailed_at).toEqual(expect.any(String))
  expect(server.mails).toMatchObject([{ to: [guest] }])
  const text = server.mails[0]?.text ?? ''
  for (const part of [link, 'Home', 'admin@team.example']) expect(text).toContain(part)
  expect((await it.as('admin', listInvites)).json().items).toMatchObject([{ email: guest, mailed_at }])
  expect((await it.as('owner', listWaitingLinks)).json().items).toEqual([])
  expect(await it.says('guest', acceptInvite, { params: { token: link.split('#token=')[1] } })).toBe(200)
})

test('an invitation that the mail server refuses is made all the same, and its link waits', async () => {
  await using server = await mailServer({ refuse: () => ({ code: 550, words: 'no such mailbox' }) })
  await using it = await withMail(server.port)
  const made = await it.as('admin', inviteMember, { body: { email: guest } })
  expect([made.status, made.json().mailed_at]).toEqual([201, null])
  expect((await it.as('owner', listWaitingLinks)).json().items).toMatchObject([
    { kind: 'invite', email: guest, link: made.json().link },
  ])
})
