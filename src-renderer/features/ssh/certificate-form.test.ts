import { expect, test } from 'vitest'
import { bodyOf, type CertificateForm, fileFor, mistakesIn } from './certificate-form.ts'

const form = (change: Partial<CertificateForm> = {}): CertificateForm => ({
  node: 'all',
  logins: 'deploy, web deploy',
  length: '480',
  key: ' ssh-ed25519 AAAA ana@laptop\n',
  forwarding: false,
  agent: false,
  command: '',
  sources: '',
  ...change,
})

test('what is typed becomes what is asked for', () => {
  expect(bodyOf(form())).toEqual({
    public_key: 'ssh-ed25519 AAAA ana@laptop',
    principals: ['deploy', 'web'],
    validity_hours: 8,
    extensions: ['permit-pty'],
  })
  const more = {
    node: 'n',
    length: '15',
    forwarding: true,
    agent: true,
    command: ' uptime ',
    sources: '10.0.0.0/8, ::1',
  }
  expect(bodyOf(form(more as Partial<CertificateForm>))).toMatchObject({
    node_id: 'n',
    validity_hours: 0.25,
    extensions: ['permit-pty', 'permit-port-forwarding', 'permit-agent-forwarding'],
    force_command: 'uptime',
    source_addresses: ['10.0.0.0/8', '::1'],
  })
})

test.each<[Partial<CertificateForm>, boolean, object]>([
  [{}, false, {}],
  [{ logins: ' , ' }, false, { logins: 'loginsMissing' }],
  [{ logins: 'Deploy' }, false, { logins: 'loginsBad' }],
  [{ logins: 'deploy@box' }, false, { logins: 'loginsBad' }],
  [{ logins: 'root' }, false, { logins: 'noRoot' }],
  [{ logins: 'root' }, true, {}],
  [{ key: ' ' }, false, { key: 'keyMissing' }],
])('%j has its mistakes named', (change, mayRoot, expected) => {
  expect(mistakesIn(form(change), mayRoot)).toEqual(expected)
})

test('the file has the name that OpenSSH looks for', () => {
  expect(
    ['ssh-ed25519 A', 'ssh-rsa A', 'ecdsa-sha2-nistp256 A', 'sk-ssh-ed25519@openssh.com A'].map((key) => fileFor(key)),
  ).toEqual(['id_ed25519-cert.pub', 'id_rsa-cert.pub', 'id_ecdsa-cert.pub', 'id_ed25519_sk-cert.pub'])
})
