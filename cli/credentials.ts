import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { getNodeSsh } from '#contract/ssh-login'
import { createCertificate, getCertificate } from '#contract/ssh'
import { call } from './api.ts'
import { type Account, configFolder, inConfig, writeOwn } from './config.ts'
import { Failure } from './failure.ts'

const VALID_HOURS = 1
/** One that ends before a slow login is through is of no use. */
const LEFT_MS = 2 * 60_000

type Kept = { id: string; valid_before: string; extensions: string[]; public_key: string }
type Machine = { id: string; name: string; alias: string }

/** The person's key for this, made when there is none: an Ed25519 key that is used for nothing else. */
function ownKey(): { file: string; publicKey: string } {
  const file = inConfig('id_ed25519')
  if (!existsSync(file)) {
    mkdirSync(configFolder(), { recursive: true, mode: 0o700 })
    const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'shardlyn', '-f', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (made.status !== 0) throw new Failure('A key could not be made. Is OpenSSH (ssh-keygen) installed?')
  }
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() }
}

const readKept = (file: string): Kept | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept
  } catch {
    return undefined
  }
}

/** A certificate that was got before and is good for this still; the control plane is asked, for it may have been revoked. */
async function isStillGood(account: Account, kept: Kept | undefined, publicKey: string, wanted: readonly string[]) {
  if (!kept || kept.public_key !== publicKey || Date.parse(kept.valid_before) - Date.now() < LEFT_MS) return false
  if (wanted.some((extension) => !kept.extensions.includes(extension))) return false
  const state = await call(account, getCertificate, { params: { id: kept.id } }).then(
    ({ state }) => state,
    () => undefined,
  )
  return state === 'valid'
}

export type Credentials = { key: string; certificate: string; knownHosts: string }

/** Everything that OpenSSH needs to log in to a machine, as files: key, certificate, and whom it will meet. */
export async function prepare(
  account: Account,
  { id, name, alias }: Machine,
  login: string,
  extensions: readonly string[],
): Promise<Credentials> {
  const info = await call(account, getNodeSsh, { params: { id } })
  if (info.host_keys.length === 0) {
    throw new Failure(info.problem ?? `${name} has told of no host keys yet. Check that its agent runs.`)
  }
  if (info.changed_host_keys.length > 0) {
    process.stderr.write(
      `${name} shows another host key now: ${info.changed_fingerprints.join(', ')}. If that is as it should be, accept it in the dashboard.\n`,
    )
  }
  const knownHosts = inConfig('known-hosts', id)
  writeOwn(knownHosts, info.host_keys.map((key) => `${alias} ${key}\n`).join(''))

  const { file: key, publicKey } = ownKey()
  const certificate = inConfig('certificates', `${id}-${login}-cert.pub`)
  const about = inConfig('certificates', `${id}-${login}.json`)
  if (!(existsSync(certificate) && (await isStillGood(account, readKept(about), publicKey, extensions)))) {
    const issued = await call(account, createCertificate, {
      body: { public_key: publicKey, principals: [login], node_id: id, validity_hours: VALID_HOURS, extensions },
    })
    const { id: certificateId, valid_before } = issued
    writeOwn(certificate, `${issued.certificate.trim()}\n`)
    const kept: Kept = { id: certificateId, valid_before, extensions: [...extensions], public_key: publicKey }
    writeOwn(about, JSON.stringify(kept))
  }
  return { key, certificate, knownHosts }
}
