import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { App } from 'electron'
import { expect, onTestFinished, test } from 'vitest'
import type { Config } from '#server/config'
import type { RunningServer } from '#server/start'
import { startFailure } from './dialogs.ts'
import { wordsFor } from './messages.ts'
import { crashNote } from './notifications.ts'
import { findPlaces } from './places.ts'
import { crashesBetween, type ServerLine } from './servers.ts'
import { ownFlags } from './settings.ts'
import { isOnlyInstance } from './single-instance.ts'
import { AlreadyRunningError, PortsTakenError, startOnFreePort } from './start-server.ts'

const say = wordsFor('en')

test('the first copy of the app shows itself when a second one starts; the second one goes', () => {
  const shown: string[] = []
  const first = Object.assign(new EventEmitter(), { requestSingleInstanceLock: () => true })
  const second = Object.assign(new EventEmitter(), { requestSingleInstanceLock: () => false })

  expect(isOnlyInstance(first as unknown as App, () => shown.push('first'))).toBe(true)
  expect(isOnlyInstance(second as unknown as App, () => shown.push('second'))).toBe(false)
  first.emit('second-instance')
  second.emit('second-instance')
  expect(shown).toEqual(['first'])
})

test('our flags are picked from among Chromium’s', () => {
  expect(
    ownFlags(['electron', '.', '--no-sandbox', '--port', '9000', '--inspect=1', '--data-dir=/x', '--host']),
  ).toEqual(['--port', '9000', '--data-dir=/x', '--host'])
})

test('the packaged app brings its own Node for the agent; a checkout uses the one of its packages', () => {
  const packaged = findPlaces({ isPackaged: true, root: '/app/app.asar', resourcesPath: '/app' })
  expect(packaged).toEqual({
    rendererDir: '/app/app.asar/out/renderer',
    resourcesDir: '/app/resources',
    agentReleases: { folder: '/app/releases' },
    agentCommand: ['/app/node/node', '/app/agent/agent.js'],
  })
  const checkout = findPlaces({ isPackaged: false, root: process.cwd(), resourcesPath: '/elsewhere' })
  expect(checkout.agentCommand[1]).toBe(`${process.cwd()}/out/main/agent.js`)
})

test('a crash is one that happened under our eyes', () => {
  const line = (id: string, state: ServerLine['state'], crash_count = 0): ServerLine => ({
    id,
    name: id,
    state,
    state_reason: null,
    desired_state: 'running',
    node_id: 'here',
    crash_count,
    isLocal: true,
  })
  const before = [
    line('fell', 'running'),
    line('again', 'running', 1),
    line('fine', 'running'),
    line('old', 'error', 3),
    line('away', 'unknown', 2),
  ]
  const after = [
    line('fell', 'error', 1),
    line('again', 'starting', 2),
    line('fine', 'stopped'),
    line('old', 'error', 3),
    line('new', 'error', 1),
    line('away', 'error', 2),
  ]

  expect(crashesBetween(before, after).map(({ id }) => id)).toEqual(['fell', 'again'])
})

test('a notification shows the reason, and nothing that a server’s name could do to it', () => {
  expect(crashNote({ name: 'Survival', state_reason: 'It ran out of memory (2 GiB).' }, say)).toEqual({
    title: 'Survival crashed',
    body: 'It ran out of memory (2 GiB).',
  })
  const hostile = crashNote({ name: 'a\u001b[31m\nb\u202e', state_reason: null }, say)
  expect(hostile).toEqual({ title: 'a [31m b crashed', body: 'Open it to see its last lines.' })
  expect(crashNote({ name: 'a'.repeat(200), state_reason: 'r'.repeat(900) }, say).title).toHaveLength(88)
})

/** A port that answers with this, and the server that would start on the next free one. */
async function takenBy(answer: string) {
  const taken = createServer((_, response) => response.setHeader('content-type', 'application/json').end(answer))
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void taken.close())
  return (taken.address() as AddressInfo).port
}
const busy = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' })

test('takes the next port when another program has ours', async () => {
  const port = await takenBy('{"hello":"world"}')
  const start = async (config: Config) => {
    if (config.port === port) throw busy
    return { url: `http://127.0.0.1:${config.port}` } as RunningServer
  }

  expect((await startOnFreePort(start, { port } as Config)).url).toBe(`http://127.0.0.1:${port + 1}`)
})

test('never starts beside another Shardlyn, and says where that one is', async () => {
  const port = await takenBy('{"status":"ok"}')
  const failure: unknown = await startOnFreePort(() => Promise.reject(busy), { port } as Config).catch(
    (error: unknown) => error,
  )

  expect(failure).toBeInstanceOf(AlreadyRunningError)
  expect(startFailure(failure, say)).toBe(
    `Shardlyn already runs at http://127.0.0.1:${port} without a window. Open that address in a browser, or stop it first.`,
  )
})

test('gives up after ten ports, and at once on any other failure', async () => {
  const port = await takenBy('{}')
  await expect(startOnFreePort(() => Promise.reject(busy), { port } as Config)).rejects.toThrow(PortsTakenError)

  let tries = 0
  const broken = () => (tries++, Promise.reject(new Error('The database is of a newer version.')))
  await expect(startOnFreePort(broken, { port } as Config)).rejects.toThrow('newer version')
  expect(tries).toBe(1)
})
