import type { WebContents } from 'electron'
import { externalLink } from './links.ts'

/** Whether the window may show this address: only pages of our own server. */
export function isOwnPage(address: string, ownOrigin: string): boolean {
  const url = URL.parse(address)
  // A blob: address has its maker's origin, but is not a page of the server.
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === ownOrigin
}

type Contents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>
type Open = (link: string) => void

/** Shuts every way out of our own pages. Links that lead outside are handed to the system's browser. */
export function guardNavigation(contents: Contents, ownOrigin: string, open: Open): void {
  const openOutside = (address: string) => {
    const link = externalLink(address)
    if (link !== null) open(link)
  }
  contents.on('will-navigate', (event) => {
    if (isOwnPage(event.url, ownOrigin)) return
    event.preventDefault()
    openOutside(event.url)
  })
  contents.on('will-frame-navigate', (event) => {
    if (!isOwnPage(event.url, ownOrigin)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isOwnPage(event.url, ownOrigin)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url)
    return { action: 'deny' }
  })
}
