import { EventEmitter, once } from 'node:events'
import { expect, test } from 'vitest'
import { keepUpdated } from './updater.ts'

function scene(wantsNow: boolean, check: () => Promise<unknown> = async () => undefined) {
  const told: string[] = []
  const source = Object.assign(new EventEmitter(), {
    autoDownload: false,
    autoInstallOnAppQuit: false,
    allowDowngrade: true,
    checkForUpdates: () => (told.push('check'), check()),
    quitAndInstall: () => (told.push('install'), source.emit('done')),
  })
  const stop = keepUpdated(source, {
    offer: async (version) => (told.push(`offer ${version}`), source.emit('offered'), wantsNow),
    prepare: async () => void told.push('close'),
    log: (text) => void told.push(text),
  })
  return { source, told, stop }
}

test('a downloaded update is offered once, and installed after the server was closed', async () => {
  const { source, told, stop } = scene(true)
  const done = once(source, 'done')
  source.emit('update-downloaded', { version: '2.0.0' })
  source.emit('update-downloaded', { version: '2.0.0' })
  await done
  stop()

  expect(told).toEqual(['check', 'offer 2.0.0', 'close', 'install'])
  expect([source.autoDownload, source.allowDowngrade]).toEqual([true, false])
})

test('“later” leaves it for the next start', async () => {
  const { source, told, stop } = scene(false)
  const offered = once(source, 'offered')
  source.emit('update-downloaded', { version: '2.0.0' })
  await offered
  stop()

  expect(told).toEqual(['check', 'offer 2.0.0'])
  expect(source.autoInstallOnAppQuit).toBe(true)
})

test('a check that fails is logged and troubles nobody', () => {
  const { source, told, stop } = scene(true, () => Promise.reject(new Error('no network')))
  source.emit('error', new Error('no network'))
  stop()

  expect(told).toEqual(['check', 'No update: no network'])
})
