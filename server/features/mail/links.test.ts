import { expect, test } from 'vitest'
import { listWaitingLinks, type WaitingLink } from '#contract/mail'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

const start = Date.parse('2026-01-01T00:00:00Z')
const keep = (app: TestApp, fields: Partial<Parameters<TestApp['mail']['keepLink']>[1]> = {}) =>
  app.mail.keepLink(app.control.db, {
    kind: 'invite',
    email: 'friend@example.com',
    link: 'https://panel.example.com/invite#secret-token',
    token_hash: 'hash',
    expires_at: new Date(start + 60_000).toISOString(),
    ...fields,
  })
const list = async (app: TestApp) => {
  const { items } = (await app.signedIn(listWaitingLinks)).json() as { items: WaitingLink[] }
  return items.map(({ link }) => link)
}

test('a link waits for the administrator, sealed in the database, until it is used', async () => {
  const clock = fakeClock(start)
  await using app = await testApp({ clock })
  await keep(app)
  clock.advance(1)
  await keep(app, { link: 'https://panel.example.com/invite#other', token_hash: 'other' })
  expect(await list(app)).toEqual([
    'https://panel.example.com/invite#other',
    'https://panel.example.com/invite#secret-token',
  ])
  const rows = await app.control.db.selectFrom('waiting_links').selectAll().execute()
  expect(JSON.stringify(rows)).not.toMatch(/secret-token|#other/)
  await app.mail.forgetLink(app.control.db, 'other')
  expect(await list(app)).toEqual(['https://panel.example.com/invite#secret-token'])
})

test('of one person only the newest link to a new password waits', async () => {
  const clock = fakeClock(start)
  await using app = await testApp({ clock })
  await keep(app)
  for (const n of [1, 2, 3]) {
    clock.advance(1)
    await keep(app, { kind: 'password_reset', link: `https://x/reset#${n}`, token_hash: `${n}` })
  }
  clock.advance(1)
  await keep(app, { kind: 'password_reset', email: 'b@example.com', link: 'https://x/reset#b', token_hash: 'b' })
  expect(await list(app)).toEqual([
    'https://x/reset#b',
    'https://x/reset#3',
    'https://panel.example.com/invite#secret-token',
  ])
})

test('a link that has expired is not shown, and the hourly job removes it', async () => {
  const clock = fakeClock(start)
  await using app = await testApp({ clock })
  await keep(app)
  clock.advance(60_000)
  expect(await list(app)).toEqual([])
  await app.jobs.find(({ name }) => name === 'mail.forget_expired_links')?.run()
  expect(await app.control.db.selectFrom('waiting_links').selectAll().execute()).toEqual([])
})
