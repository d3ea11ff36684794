import { expect, test } from 'vitest'
import { maskArguments, maskText } from './mask.ts'
import { clean } from './text.ts'

const shown = (...args: string[]) => maskArguments(args).join(' ')

test.each([
  [['app', '--password=hunter2'], 'app --password=***'],
  [['app', '--db-password', 'hunter2', '--verbose'], 'app --db-password *** --verbose'],
  [['env', 'TOKEN=abc', 'API_KEY=def', 'PATH=/bin'], 'env TOKEN=*** API_KEY=*** PATH=/bin'],
  [
    ['env', 'PGPASSWORD=x', 'dbPassword=y', 'AWS_SECRET_ACCESS_KEY=z'],
    'env PGPASSWORD=*** dbPassword=*** AWS_SECRET_ACCESS_KEY=***',
  ],
  [['psql', 'postgres://me:hunter2@db/x'], 'psql postgres://me:***@db/x'],
  [['git', 'clone', `https://${'a'.repeat(30)}@example.com/x`], 'git clone https://***@example.com/x'],
  [['curl', '-u', 'me:hunter2', 'https://x/?token=abc&page=2'], 'curl -u me:*** https://x/?token=***&page=2'],
  [['curl', '-H', 'Authorization: Bearer abc def'], 'curl -H Authorization: ***'],
  [['mysql', '-phunter2', '-uroot'], 'mysql -p*** -uroot'],
  [['/usr/bin/sshpass', '-p', 'hunter2', 'ssh', 'x'], '/usr/bin/sshpass -p *** ssh x'],
  [['sh', '-c', 'mysql --password hunter2 -h db'], 'sh -c mysql --password *** -h db'],
  [['node', '{"password":"hunter2","name":"x"}'], 'node {"password":"***","name":"x"}'],
  [['openssl', '-passin', 'pass:hunter2'], 'openssl -passin pass:***'],
  [['run', 'ghp_0123456789abcdef01234567'], 'run ***'],
])('%j hides what is secret', (args, expected) => expect(shown(...args)).toBe(expected))

test.each([
  [['ssh', '-p', '2222', 'host']],
  [['docker', 'run', '-p', '80:80', 'auth:1.2']],
  [['mkdir', '-p', '/srv/passwords']],
  [['app', '--password-file=/run/secrets/x', '--token-ttl=60', '--compass', 'north']],
  [['passwd', 'root']],
  [['sshd:', '/usr/sbin/sshd', '-D']],
])('%j stays as it is', (args) => expect(shown(...args)).toBe(args.join(' ')))

test('no arguments keep it busy for long, or come out longer than they went in by much', () => {
  for (const piece of ['-', '--password-', 'a://', 'x-', 'pass:', '"', 'password=', 'eyJaaaaaaaa.']) {
    const text = piece.repeat(100_000 / piece.length)
    expect(maskText(text).length).toBeLessThanOrEqual(2 * text.length)
  }
})

test('names cannot break out of their line, turn it round or hide', () => {
  expect(clean('a\u001b[2Jb\nc\r\u0007\u202ed\u200be\u0000')).toBe('a?[2Jb?c??' + '?d?e?')
  expect(clean('😀'.repeat(200), 5)).toBe('😀😀\ufffd')
})
