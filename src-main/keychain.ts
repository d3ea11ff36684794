import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The part of keytar that we use. */
export type Keychain = {
  getPassword: (service: string, account: string) => Promise<string | null>
  setPassword: (service: string, account: string, password: string) => Promise<void>
}

const SERVICE = 'Shardlyn Desktop'
const ACCOUNT = 'master-key'

export class KeyUnavailableError extends Error {}

/** keytar, or undefined where its library is missing: Linux without libsecret. */
export async function loadKeychain(): Promise<Keychain | undefined> {
  try {
    const module: Keychain & { default?: Keychain } = await import('keytar')
    return module.default ?? module
  } catch {
    return undefined
  }
}

/**
 * The master key from the system's keychain, made there at first use. Undefined means that the key is, or shall be, in the
 * server's own file: because it is there already, or because no keychain answers.
 */
export async function findMasterKey(keychain: Keychain | undefined, dataDir: string): Promise<Buffer | undefined> {
  if (existsSync(join(dataDir, 'master.key'))) return undefined
  const hasData = existsSync(join(dataDir, 'shardlyn.db'))
  try {
    const kept = await keychain?.getPassword(SERVICE, ACCOUNT)
    if (kept) return readKey(kept)
    if (keychain && !hasData) return await makeKey(keychain)
  } catch (error) {
    if (hasData) throw new KeyUnavailableError(lockedText(dataDir), { cause: error })
    return undefined
  }
  // A new key would make every stored secret unreadable for good, so none is made beside existing data.
  if (hasData) throw new KeyUnavailableError(lockedText(dataDir))
  return undefined
}

const lockedText = (dataDir: string) =>
  `The key to the data in ${dataDir} is kept in this system’s keychain, and the keychain does not give it. ` +
  'Unlock the keychain and start again, or put your backup of master.key into that folder.'

function readKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64')
  if (key.length !== 32) throw new Error('The keychain holds something that is not a key.')
  return key
}

async function makeKey(keychain: Keychain): Promise<Buffer> {
  const key = randomBytes(32)
  await keychain.setPassword(SERVICE, ACCOUNT, key.toString('base64'))
  // Some keychains accept and forget; what cannot be read back must not become the only copy.
  const kept = await keychain.getPassword(SERVICE, ACCOUNT)
  if (kept !== key.toString('base64')) throw new Error('The keychain did not keep the key.')
  return key
}
