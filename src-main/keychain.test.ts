import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '#server/start'
import { findMasterKey, type Keychain, KeyUnavailableError, loadKeychain } from './keychain.ts'

/** A keychain in memory: the system's own is not ours to write to in a test. */
function keychain(kept = new Map<string, string>()): Keychain & { kept: Map<string, string> } {
  return {
    kept,
    getPassword: async (service, account) => kept.get(`${service}/${account}`) ?? null,
    setPassword: async (service, account, password) => void kept.set(`${service}/${account}`, password),
  }
}
const locked: Keychain = {
  getPassword: () => Promise.reject(new Error('The keychain is locked.')),
  setPassword: () => Promise.reject(new Error('The keychain is locked.')),
}

function folder(...files: string[]) {
  const path = mkdtempSync(join(tmpdir(), 'shardlyn-key-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  for (const file of files) writeFileSync(join(path, file), '')
  return path
}

test('the first start makes a key and every later one finds it', async () => {
  const chain = keychain()
  const dataDir = folder()
  const first = await findMasterKey(chain, dataDir)
  writeFileSync(join(dataDir, 'shardlyn.db'), '')

  expect(first).toHaveLength(32)
  expect(await findMasterKey(chain, dataDir)).toEqual(first)
  expect(await findMasterKey(chain, folder())).toEqual(first)
})

test('a key that is in the server’s own file stays there', async () => {
  const chain = keychain()

  expect(await findMasterKey(chain, folder('master.key', 'shardlyn.db'))).toBeUndefined()
  expect(chain.kept.size).toBe(0)
})

test.each([
  ['no keychain', undefined],
  ['a locked one', locked],
  ['one that forgets', { getPassword: async () => null, setPassword: async () => {} }],
])('without data and with %s the server keeps the key in its file', async (_, chain) => {
  expect(await findMasterKey(chain, folder())).toBeUndefined()
})

test.each([
  ['is locked', locked],
  ['has lost it', keychain()],
  ['is not there', undefined],
  ['holds something else', keychain(new Map([['Shardlyn Desktop/master-key', 'c2hvcnQ=']]))],
])('no new key is made beside existing data when the keychain %s', async (_, chain) => {
  await expect(findMasterKey(chain, folder('shardlyn.db'))).rejects.toThrow(KeyUnavailableError)
})

test('the system’s keychain loads, or is known not to be there', async () => {
  const chain = await loadKeychain()

  expect(chain === undefined || typeof chain.getPassword === 'function').toBe(true)
})

test('a headless start on the desktop’s data makes no second key: it says where the key is', async () => {
  const dataDir = folder()
  const config = {
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: null,
    localNode: false,
    logLevel: 'silent',
    rendererDir: null,
    resourcesDir: dataDir,
    agentCommand: [],
    rateLimit: 100,
  } as const
  const masterKey = await findMasterKey(keychain(), dataDir)
  const desktop = await startServer({ ...config, ...(masterKey && { masterKey }) })
  await desktop.close()

  await expect(startServer(config)).rejects.toThrow('start the desktop app')
  expect(existsSync(join(dataDir, 'master.key'))).toBe(false)
})
