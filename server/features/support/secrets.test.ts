import { expect, test } from 'vitest'
import { withoutSecrets } from './secrets.ts'

test.each([
  ['{"password":"hunter2 and more"}', 'hunter2'],
  ['{"err":{"config":"{\\"api_key\\":\\"hunter2\\"}"}}', 'hunter2'],
  ["db_password: 'hunter2'", 'hunter2'],
  ['RCON_PASSWORD=hunter2 java -jar', 'hunter2'],
  ['run --token hunter2 --name x', 'hunter2'],
  ['Authorization: Bearer hunter2hunter2', 'hunter2'],
  ['authorization: Basic aHVudGVyMg==', 'aHVudGVy'],
  ['{"authorization":"Bearer hunter2hunter2"}', 'hunter2'],
  ['cookie: sid=hunter2; theme=dark', 'hunter2'],
  ['GET https://example.com/a/b?key=hunter2 failed', 'hunter2'],
  ['GET https://example.com/reset#hunter2 failed', 'hunter2'],
  ['connect postgres://admin:hunter2@db:5432/x', 'hunter2'],
  ['request /v1/invites?t=hunter2 took 3 ms', 'hunter2'],
  ['used shardlyn_api_hunter2hunter2', 'hunter2'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl', 'c2lnbmF0dXJl'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----', 'hunter2'],
  ['ghp_hunter2hunter2hunter2', 'hunter2'],
  ['kept as Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6', 'Zm9vYmFy'],
])('from %j the secret is taken out', (text, secret) => {
  expect(withoutSecrets(text)).not.toContain(secret)
  expect(withoutSecrets(text)).toContain('[removed]')
})

test('what is no secret stays', () => {
  for (const text of [
    '{"level":30,"time":"2026-01-01T00:00:00.000Z","node":"019b7a3c-1f2e-7c3d-8e4f-5a6b7c8d9e0f","msg":"a machine is back"}',
    'Error: ENOENT: no such file or directory, open /var/lib/shardlyn/instances/world/level.dat',
    '    at Object.run (file:///opt/shardlyn/out/main/index.js:10:5)',
    'GET https://example.com/a/b failed',
  ]) {
    expect(withoutSecrets(text)).toBe(text)
  }
})

test('a known secret is taken out wherever it stands, whole', () => {
  expect(withoutSecrets('a "xy" b', ['x', 'xy'])).toBe('a "[removed]" b')
  expect(withoutSecrets(JSON.stringify({ said: 'pa"ss' }), ['pa"ss'])).toBe('{"said":"[removed]"}')
})

test('a long text is searched in a time that grows with it, not faster', () => {
  const nasty = [
    `password=${'a'.repeat(200_000)}`,
    'token'.repeat(40_000),
    `"${'\\'.repeat(200_000)}`,
    'a.'.repeat(100_000),
  ]
  for (const text of nasty) expect(withoutSecrets(text).length).toBeGreaterThan(0)
})
