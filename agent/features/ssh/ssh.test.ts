import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { agentPaths } from '#contract/agent'
import { TRUST_FILE } from './managed.ts'
import { removeSsh } from './removal.ts'
import { createSsh } from './routes.ts'

let place: string
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'shardlyn-ssh-'))
  mkdirSync(path.join(place, 'sshd_config.d'))
  mkdirSync(path.join(place, 'data'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHoAzuy9/UotvMuwWWgcO3VTBrquAOw2kmrT9XWAFVuu'
const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const dataDir = () => path.join(place, 'data')
function leave() {
  writeFileSync(path.join(place, 'sshd_config'), `HostKey ${place}/none\n`)
  writeFileSync(path.join(place, 'sshd_config.d', '10-shardlyn.conf'), '')
  writeFileSync(path.join(place, 'sshd_config.d', '20-own.conf'), '')
  for (const file of ['shardlyn_ca.pub', 'shardlyn_krl']) writeFileSync(path.join(place, file), 'x')
  writeFileSync(path.join(dataDir(), TRUST_FILE), '{}')
}
const start = (ssh?: { manage: boolean }) =>
  createSsh({
    dataDir: dataDir(),
    settings: { ssh: { manage: ssh?.manage ?? false, folder: place } },
    port: () => 2222,
    log: quiet,
  })
const left = () => [...readdirSync(path.join(place, 'sshd_config.d')), existsSync(path.join(place, 'shardlyn_krl'))]

test('where its owner does not let us, sshd is told of and not touched', async () => {
  writeFileSync(path.join(place, 'ssh_host_ed25519_key.pub'), `${KEY} root@box\n`)
  const ssh = start()
  expect(ssh.state()).toEqual({
    port: 2222,
    host_keys: [KEY],
    is_managed: false,
    trusts_ca: false,
    ca_fingerprints: [],
    krl_version: null,
    problem: null,
  })
  const route = ssh.routes.find((it) => it.path === agentPaths.sshTrust)
  await expect(async () => route?.handle({} as never)).rejects.toMatchObject({ status: 409, code: 'ssh_unmanaged' })
  await ssh.close()
})

test('what we put into the folder of sshd is taken away, and nothing else', async () => {
  leave()
  await removeSsh(dataDir(), { ssh: { manage: true, folder: place } })
  expect(left()).toEqual(['20-own.conf', false])
  expect(existsSync(path.join(dataDir(), TRUST_FILE))).toBe(false)
})

test('an owner who lets us no longer finds it gone after the next start', async () => {
  leave()
  const ssh = start()
  await ssh.begun
  expect(left()).toEqual(['20-own.conf', false])
  await ssh.close()
})
