import { EventEmitter } from 'node:events'
import type { Session } from 'electron'
import { expect, test } from 'vitest'
import { guardPermissions, isGranted } from './permissions.ts'

const own = 'http://127.0.0.1:7480'
const refused = [
  'clipboard-read',
  'display-capture',
  'fileSystem',
  'geolocation',
  'hid',
  'idle-detection',
  'local-network',
  'media',
  'midiSysex',
  'notifications',
  'openExternal',
  'pointerLock',
  'serial',
  'storage-access',
  'usb',
  'unknown',
]

test('grants the clipboard and the full screen to our own page and nothing else to anybody', () => {
  expect(isGranted('clipboard-sanitized-write', `${own}/`, own)).toBe(true)
  expect(isGranted('fullscreen', own, own)).toBe(true)
  expect(isGranted('clipboard-sanitized-write', 'https://evil.example/', own)).toBe(false)
  expect(refused.filter((permission) => isGranted(permission, own, own))).toEqual([])
})

test('asks every door of the session', () => {
  type Request = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
  type Check = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>
  type Device = NonNullable<Parameters<Session['setDevicePermissionHandler']>[0]>
  let request: Request | undefined
  let check: Check | undefined
  let device: Device | undefined
  const downloads = new EventEmitter()
  guardPermissions(
    {
      setPermissionRequestHandler: (handler: Request) => void (request = handler),
      setPermissionCheckHandler: (handler: Check) => void (check = handler),
      setDevicePermissionHandler: (handler: Device) => void (device = handler),
      on: downloads.on.bind(downloads),
    } as unknown as Session,
    own,
  )
  const asks = (permission: string, isMainFrame = true, requestingUrl = own) => {
    let answer: boolean | undefined
    request?.(null as never, permission as never, (granted) => (answer = granted), {
      requestingUrl,
      isMainFrame,
    } as never)
    return [answer, check?.(null, permission as never, requestingUrl, { isMainFrame } as never)]
  }
  const isCancelled = (url: string) => {
    let cancelled = false
    downloads.emit('will-download', { preventDefault: () => (cancelled = true) }, { getURL: () => url })
    return cancelled
  }

  expect(asks('clipboard-sanitized-write')).toEqual([true, true])
  expect(asks('clipboard-sanitized-write', false)).toEqual([false, false])
  expect(asks('clipboard-sanitized-write', true, 'https://evil.example')).toEqual([false, false])
  expect(asks('media')).toEqual([false, false])
  expect(device?.({} as never)).toBe(false)
  expect(['/v1/instances/1/logs/download', '/x'].map((path) => isCancelled(own + path))).toEqual([false, false])
  expect(isCancelled(`blob:${own}/1`)).toBe(false)
  expect(isCancelled('https://evil.example/a.exe')).toBe(true)
})
