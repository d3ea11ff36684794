import { expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const places = { rendererDir: null, resourcesDir: '/r', agentCommand: ['agent'] }

test('flags win over the environment, which wins over the defaults', () => {
  expect(readConfig([], { SHARDLYN_DATA_DIR: '/d' }, places)).toMatchObject({
    host: '127.0.0.1',
    port: 7480,
    dataDir: '/d',
    localNode: true,
    logLevel: 'info',
  })
  const config = readConfig(
    ['--port', '0', '--data-dir', '/e'],
    { SHARDLYN_PORT: '81', SHARDLYN_HOST: '0.0.0.0', SHARDLYN_LOCAL_NODE: 'off' },
    places,
  )
  expect(config).toMatchObject({ host: '0.0.0.0', port: 0, dataDir: '/e', localNode: false })
  expect(Object.isFrozen(config)).toBe(true)
})

test('every problem is reported at once', () => {
  const env = {
    SHARDLYN_PORT: '70000',
    SHARDLYN_LOCAL_NODE: 'maybe',
    SHARDLYN_LOG_LEVEL: 'loud',
    SHARDLYN_PUBLIC_URL: 'ftp://x',
  }
  const read = () => readConfig(['--nope'], { ...env, SHARDLYN_HOST: 'a b' }, places)
  expect(read).toThrow(ConfigError)
  for (const name of [
    '--nope',
    'SHARDLYN_HOST',
    'SHARDLYN_PORT',
    'SHARDLYN_LOCAL_NODE',
    'SHARDLYN_LOG_LEVEL',
    'SHARDLYN_PUBLIC_URL',
  ]) {
    expect(read).toThrow(name)
  }
})

test('what this machine allows its own agent is said by its owner, or not at all', () => {
  expect(readConfig([], {}, places).localAllows).toEqual({})
  const env = { SHARDLYN_LOCAL_TERMINAL: 'on', SHARDLYN_LOCAL_HOST_FILES: '/srv/a b,/var/log' }
  expect(readConfig([], env, places).localAllows).toEqual({ terminal: true, hostFiles: ['/srv/a b', '/var/log'] })
  expect(readConfig([], { SHARDLYN_LOCAL_HOST_FILES: '' }, places).localAllows).toEqual({ hostFiles: [] })
  const wrong = { SHARDLYN_LOCAL_TERMINAL: 'yes', SHARDLYN_LOCAL_HOST_FILES: 'srv' }
  for (const name of Object.keys(wrong)) expect(() => readConfig([], wrong, places)).toThrow(name)
})

test('a backup to restore is a folder, and absent means that the server starts', () => {
  expect(readConfig(['--restore', '/b'], {}, places).restore).toBe('/b')
  expect(readConfig([], {}, places)).not.toHaveProperty('restore')
  expect(() => readConfig(['--restore='], {}, places)).toThrow('--restore needs the folder')
})
