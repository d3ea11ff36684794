import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { installCommand, type InstallChoice } from '#contract/install'
import { getInstallOptions } from '#contract/network'
import { testApp } from '#server/testing/app'
import { switchOn } from '#server/testing/network'

const choice: InstallChoice = {
  address: { url: 'https://192.0.2.7:7481', kind: 'network', fingerprint: 'sha256//AAAA=' },
  scriptSha256: 'ab'.repeat(32),
  token: 'secret-token',
}

/** What a shell makes of the words of a command, with everything that acts replaced by what tells. */
function told(command: string, programs: string): string[] {
  const out = execFileSync('sh', ['-c', `${programs}\n${command}`], { encoding: 'utf8' })
  return out.split('\n').filter(Boolean)
}
const programs = `
  curl() { printf 'curl:%s\\n' "$@"; }
  sha256sum() { :; }
  id() { echo 0; }
  sh() { shift; printf 'env:%s\\n' "$SHARDLYN_TOKEN$SHARDLYN_API_TOKEN"; printf 'arg:%s\\n' "$@"; }`

test('the script is fetched from who holds the key, checked, and run with the choice', () => {
  const { linux } = installCommand({
    ...choice,
    name: 'attic',
    labels: { room: 'attic', tier: 'a b' },
    terminal: true,
    hostFilePaths: ['/srv', '/var/my log'],
    ssh: true,
    preferIpv4: true,
  })
  expect(linux.split('\n')).toHaveLength(1)
  const lines = told(linux, programs)
  expect(lines.filter((line) => !line.startsWith('curl:/tmp'))).toEqual([
    ...['-fsS', '-4', '--proto', '=https', '-k', '--pinnedpubkey', 'sha256//AAAA=', '-o'].map((it) => `curl:${it}`),
    'curl:https://192.0.2.7:7481/install.sh',
    'env:secret-token',
    ...['--server', 'https://192.0.2.7:7481', '--fingerprint', 'sha256//AAAA=', '--name', 'attic'].map(
      (it) => `arg:${it}`,
    ),
    ...['--label', 'room=attic', '--label', 'tier=a b', '--enable-terminal'].map((it) => `arg:${it}`),
    ...['--host-files-allow-paths', '/srv,/var/my log', '--enable-host-files', '--enable-ssh-ca', '--prefer-ipv4'].map(
      (it) => `arg:${it}`,
    ),
  ])
})

test('the token is no argument of any program', () => {
  for (const isApiToken of [false, true]) {
    const lines = told(installCommand({ ...choice, isApiToken }).linux, programs)
    expect(lines.filter((line) => line.includes('secret-token'))).toEqual(['env:secret-token'])
  }
})

test('with a certificate that systems trust, nothing is pinned and nothing but https is spoken', () => {
  const { linux } = installCommand({
    ...choice,
    address: { url: 'https://play.example.com', kind: 'public', fingerprint: null },
  })
  expect(linux).toContain(`--proto '=https'`)
  expect(linux).not.toMatch(/ -k |pinnedpubkey|--fingerprint/)
})

test('what people type is a value, never a command', () => {
  const evil = `'; touch /tmp/never; echo '$(id)\`id\`"\\`
  const { linux } = installCommand({
    ...choice,
    token: evil,
    name: evil,
    labels: { a: evil },
    hostFilePaths: [`/${evil}`],
  })
  const lines = told(linux, programs)
  expect(lines).toContain(`env:${evil}`)
  expect(lines).toContain(`arg:${evil}`)
  expect(lines).toContain(`arg:a=${evil}`)
  expect(lines).toContain(`arg:/${evil}`)
})

test('a script that is not the one we know is not run', () => {
  const real = installCommand(choice).linux
  const started = () => told(real, `curl() { echo 'echo evil' > "$f"; }\nid() { echo 0; }\nsh() { echo started; }`)
  expect(started).toThrow()
})

test('undoing it needs no token and keeps no secret', () => {
  const { uninstall } = installCommand({ ...choice, terminal: true })
  expect(uninstall).not.toContain('secret-token')
  expect(told(uninstall, programs).filter((line) => line.startsWith('arg:'))).toEqual(['arg:--uninstall'])
})

const hasCurl = spawnSync('curl', ['--version']).status === 0
test.skipIf(!hasCurl)(
  'a real curl fetches the script from our key and from no other, and its checksum holds',
  async () => {
    await using app = await testApp()
    const { server } = await switchOn(app)
    const { script_sha256: scriptSha256 } = (await app.signedIn(getInstallOptions)).json()
    const run = async (change: Partial<InstallChoice>, fingerprint = server.fingerprint) => {
      const address = { url: server.url, kind: 'network' as const, fingerprint }
      const { linux } = installCommand({ ...choice, address, scriptSha256, ...change })
      // What was fetched is shown instead of run.
      const shown = `id() { echo 0; }\nsh() { head -c 9 "$1"; }\n${linux}`
      return promisify(execFile)('sh', ['-c', shown]).then(
        ({ stdout }) => stdout,
        ({ code }: { code: number }) => code,
      )
    }
    expect(await run({})).toBe('#!/bin/sh')
    expect(await run({ scriptSha256: 'ab'.repeat(32) })).toBe(1)
    // curl's own word for a key that is not the pinned one.
    expect(await run({}, `sha256//${Buffer.alloc(32).toString('base64')}`)).toBe(90)
  },
)
