import { EventEmitter } from 'node:events'
import type { HandlerDetails, WebContents } from 'electron'
import { expect, test } from 'vitest'
import { guardNavigation, isOwnPage } from './navigation.ts'

const own = 'http://127.0.0.1:7480'

/** Stands where Electron's page would: it emits its events and keeps the handler for new windows. */
function page() {
  const emitter = new EventEmitter()
  let openWindow: Parameters<WebContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' })
  const opened: string[] = []
  const contents = Object.assign(emitter, {
    setWindowOpenHandler: (handler: typeof openWindow) => void (openWindow = handler),
  })
  guardNavigation(contents as unknown as WebContents, own, (link) => opened.push(link))
  return {
    opened,
    /** Emits, and answers whether it was prevented. */
    isPrevented(event: string, url = '') {
      let prevented = false
      emitter.emit(event, { url, preventDefault: () => (prevented = true) })
      return prevented
    },
    open: (url: string) => openWindow({ url } as HandlerDetails).action,
  }
}

test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s stays within our own pages', (event) => {
  const { isPrevented } = page()

  expect(isPrevented(event, `${own}/servers/1`)).toBe(false)
  const elsewhere = [
    'https://evil.example/',
    'http://127.0.0.1:7481/',
    'http://localhost:7480/',
    'http://127.0.0.1:7480.evil.example/',
    'http://127.0.0.1:7480@evil.example/',
    'https://127.0.0.1:7480/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    `blob:${own}/x`,
    'nonsense',
  ]
  expect(elsewhere.filter((url) => !isPrevented(event, url))).toEqual([])
})

test('a link that leads outside opens in the system’s browser, and only where that is safe', () => {
  const { isPrevented, opened } = page()
  isPrevented('will-navigate', 'https://example.com/manual')
  isPrevented('will-navigate', 'file:///etc/passwd')
  isPrevented('will-redirect', 'https://evil.example/')

  expect(opened).toEqual(['https://example.com/manual'])
})

test('no second window opens', () => {
  const { open, opened } = page()

  expect(['https://example.com/', 'javascript:alert(1)', `${own}/servers`].map(open)).toEqual(['deny', 'deny', 'deny'])
  expect(opened).toEqual(['https://example.com/', `${own}/servers`])
})

test('no page can be embedded', () => {
  expect(page().isPrevented('will-attach-webview')).toBe(true)
})

test('an origin is compared whole', () => {
  expect(isOwnPage('http://127.0.0.1:74800/', own)).toBe(false)
})
