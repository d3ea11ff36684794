import { expect, test } from 'vitest'
import { bootstrap, login } from '#contract/auth'
import { updatePassword } from '#contract/users'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'
import { createLockout } from './lockout.ts'
import { networkOf } from './networks.ts'

const person = { email: 'ana@example.com', password: 'correct horse' }

async function setUp() {
  const clock = fakeClock()
  const app = await testApp({ clock })
  await app.call(bootstrap, { body: person })
  return { app, clock }
}
/** Signs in from an address; a rest between tries keeps the general limit of the address out of it. */
const from = async (app: TestApp, ip: string, body: object) => {
  const answer = await app.app.inject({
    method: 'POST',
    url: login.url,
    remoteAddress: ip,
    headers: { host: 'localhost', 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })
  const { code = 'signed_in' } = answer.json()
  return { code: String(code), wait: Number(answer.headers['retry-after'] ?? 0), text: answer.body }
}
const wrong = { ...person, password: 'not it' }

test('five wrong passwords are free; then the wait begins at a second and doubles to five minutes', async () => {
  const { app, clock } = await setUp()
  await using _ = app
  for (let i = 0; i < 5; i++) expect((await from(app, '192.0.2.7', wrong)).code).toBe('wrong_credentials')
  const waits: number[] = []
  for (let i = 0; i < 12; i++) {
    const early = await from(app, '192.0.2.7', person)
    expect(early.code).toBe('too_many_attempts')
    waits.push(early.wait)
    clock.advance(early.wait * 1000)
    expect((await from(app, '192.0.2.7', wrong)).code).toBe('wrong_credentials')
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
})

test('the right password after the wait opens the account and forgets the wrong ones', async () => {
  const { app, clock } = await setUp()
  await using _ = app
  for (let i = 0; i < 5; i++) await from(app, '192.0.2.7', wrong)
  clock.advance(1000)
  expect((await from(app, '192.0.2.7', person)).code).toBe('signed_in')
  for (let i = 0; i < 5; i++) expect((await from(app, '192.0.2.7', wrong)).code).toBe('wrong_credentials')
})

test('after a quiet hour wrong passwords are forgotten', async () => {
  const { app, clock } = await setUp()
  await using _ = app
  for (let i = 0; i < 5; i++) await from(app, '192.0.2.7', wrong)
  clock.advance(3601_000)
  for (let i = 0; i < 5; i++) expect((await from(app, '192.0.2.7', wrong)).code).toBe('wrong_credentials')
})

test('a neighbour’s address and another spelling of the account do not get round it', async () => {
  const { app } = await setUp()
  await using _ = app
  const spellings = [
    'ana@example.com',
    'ANA@EXAMPLE.COM',
    ' ana@example.com',
    'Ana@Example.com\t',
    '\u00a0ana@example.com',
  ]
  for (const [i, email] of spellings.entries()) {
    expect((await from(app, `192.0.2.${i + 1}`, { ...wrong, email })).code).toBe('wrong_credentials')
  }
  for (const [i, email] of spellings.entries()) {
    expect((await from(app, `192.0.2.${i + 100}`, { ...wrong, email })).code).toBe('too_many_attempts')
  }
})

test('nobody can shut the owner out: another network, and an address they came from before, stay open', async () => {
  const { app } = await setUp()
  await using _ = app
  expect((await from(app, '192.0.2.50', person)).code).toBe('signed_in')
  for (let i = 0; i < 20; i++) await from(app, '192.0.2.7', wrong)
  expect((await from(app, '192.0.2.8', person)).code).toBe('too_many_attempts')
  expect((await from(app, '192.0.2.50', person)).code).toBe('signed_in')
  expect((await from(app, '198.51.100.1', person)).code).toBe('signed_in')
})

test('thirty at once are not worth more than five in a row', async () => {
  const { app } = await setUp()
  await using _ = app
  // From a network of many, since one address alone would meet its own limit first.
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => from(app, `192.0.2.${i + 1}`, wrong)))
  expect(answers.filter(({ code }) => code === 'wrong_credentials')).toHaveLength(5)
  expect(answers.filter(({ code }) => code === 'too_many_attempts')).toHaveLength(25)
})

test('an account that does not exist is slowed down alike, in the same words', async () => {
  const { app } = await setUp()
  await using _ = app
  const tries = async (email: string, ip: string) => {
    const said: string[] = []
    for (let i = 0; i < 7; i++) said.push((await from(app, ip, { email, password: 'not it' })).text)
    return said
  }
  expect(await tries('who@example.com', '192.0.2.7')).toEqual(await tries(person.email, '198.51.100.7'))
})

test('who holds a session does not get to guess its password faster', async () => {
  await using app = await testApp({ clock: fakeClock() })
  const { access_token: token } = (await app.call(bootstrap, { body: person })).json()
  const codes: string[] = []
  for (let i = 0; i < 7; i++) {
    const body = { current_password: `guess ${i}`, new_password: 'battery staple' }
    codes.push((await app.call(updatePassword, { body }, { token })).json().code)
  }
  expect(codes).toEqual([
    ...Array.from({ length: 5 }, () => 'wrong_password'),
    'too_many_attempts',
    'too_many_attempts',
  ])
})

test('refused sign-ins are in the audit log with why, and a flood of them is a row with a number', async () => {
  const { app, clock } = await setUp()
  await using _ = app
  await from(app, '192.0.2.7', { email: 'who@example.com', password: 'not it' })
  await from(app, '192.0.2.7', { email: 'a password typed into the wrong field', password: 'not it' })
  for (let i = 0; i < 15; i++) await from(app, '192.0.2.7', wrong)
  clock.advance(60_000)
  await app.auth.close()
  const rows = await app.control.db
    .selectFrom('audit_logs')
    .select(['actor_name', 'reason', 'outcome', 'ip', 'details'])
    .where('action', '=', 'session.refused')
    .execute()
  const row = (actor_name: string | null, reason: string, details: string | null = null) => ({
    actor_name,
    reason,
    outcome: 'refused',
    ip: '192.0.2.7',
    details,
  })
  // Ids of one moment have no order.
  const byText = (texts: object[]) => texts.map((text) => JSON.stringify(text)).toSorted()
  const expected = [
    row('who@example.com', 'unknown_account'),
    row(null, 'unknown_account'),
    ...Array.from({ length: 5 }, () => row(person.email, 'wrong_password')),
    row(person.email, 'too_many_attempts'),
    row(person.email, 'too_many_attempts', '{"attempts":9}'),
  ]
  expect(byText(rows)).toEqual(byText(expected))
})

test('what is remembered is bounded', () => {
  const lockout = createLockout(fakeClock())
  for (let i = 0; i < 30_000; i++) lockout.begin(`p${i}@example.com`, '192.0.2.0/24').failed()
  expect(lockout.count()).toBeLessThanOrEqual(20_000)
})

test.each([
  ['192.0.2.7', '192.0.2.0/24'],
  ['::ffff:192.0.2.200', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the network of %s is %s', (ip, network) => expect(networkOf(ip)).toBe(network))
