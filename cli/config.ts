import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Failure } from './failure.ts'

/** Where the control plane is, and how we show who we are. */
export type Account = {
  url: string
  /** sha256//… of the public key of a server with a certificate of its own. */
  fingerprint: string | null
  token: string
}

export function configFolder(): string {
  const { SHARDLYN_CONFIG_DIR, XDG_CONFIG_HOME, APPDATA } = process.env
  if (SHARDLYN_CONFIG_DIR) return SHARDLYN_CONFIG_DIR
  if (process.platform === 'win32' && APPDATA) return join(APPDATA, 'shardlyn')
  return join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'shardlyn')
}

export const inConfig = (...names: string[]) => join(configFolder(), ...names)

/** Writes a file that only its owner reads, whole or not at all. */
export function writeOwn(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unfinished = `${file}.${process.pid}`
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' })
    renameSync(unfinished, file)
  } finally {
    rmSync(unfinished, { force: true })
  }
}

export function saveAccount(account: Account): void {
  mkdirSync(configFolder(), { recursive: true, mode: 0o700 })
  chmodSync(configFolder(), 0o700)
  writeOwn(inConfig('account.json'), `${JSON.stringify(account, null, 2)}\n`)
}

export function readAccount(): Account {
  try {
    return JSON.parse(readFileSync(inConfig('account.json'), 'utf8')) as Account
  } catch {
    throw new Failure('You are not signed in here. Begin with: shardlyn login URL')
  }
}
