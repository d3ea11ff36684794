import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { startEvents } from '../lib/events.ts'
import { useMe } from '../lib/me.ts'
import { session } from '../lib/session.ts'
import { BottomBar } from './bottom-bar.tsx'
import { SideNav } from './side-nav.tsx'
import { TopBar } from './top-bar.tsx'
import { useKeptPreferences } from './use-preferences.ts'
import { useTaskNotes } from './use-task-notes.ts'

const CommandPalette = lazy(async () => ({ default: (await import('./command-palette.tsx')).CommandPalette }))

/** The frame of every page behind the sign-in. It holds the stream of events, and leaves when the session ends. */
export function Shell() {
  const { t } = useTranslation()
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  useSession()
  useKeptPreferences()
  useTaskNotes()
  usePaletteKey(setPaletteOpen)

  return (
    <div className="flex h-dvh overflow-hidden">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-primary px-3 py-2 text-on-primary focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {t('shell.skip')}
      </a>
      <SideNav />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar onSearch={() => setPaletteOpen(true)} />
        <main
          id="main"
          tabIndex={-1}
          data-scroll-restoration-id="main"
          className="relative min-h-0 flex-1 overflow-x-clip overflow-y-auto outline-hidden"
        >
          <div className="mx-auto flex min-h-full w-full max-w-page flex-col px-4 pt-5 pb-8 sm:px-6">
            <Outlet />
          </div>
        </main>
        <BottomBar />
      </div>
      <Suspense>{isPaletteOpen && <CommandPalette onClose={() => setPaletteOpen(false)} />}</Suspense>
    </div>
  )
}

function useSession(): void {
  const { status } = useSyncExternalStore(session.subscribe, session.getState)
  const organizationId = useSyncExternalStore(session.subscribe, session.getOrganizationId)
  const shownOrganization = useRef(organizationId)
  const client = useQueryClient()
  const router = useRouter()
  const me = useMe()

  useEffect(() => {
    if (status === 'signed-in') return startEvents(client)
    // Nothing of the last person may stay; the route asks for the next one and remembers where this one was.
    client.clear()
    void router.invalidate()
    return undefined
    // The stream is the organization's: another one has another.
  }, [status, client, router, organizationId])

  useEffect(() => {
    if (shownOrganization.current === organizationId) return
    shownOrganization.current = organizationId
    if (status === 'signed-in') void client.resetQueries().then(() => router.invalidate())
  }, [organizationId, status, client, router])

  // An administrator has begun to ask for a second factor: the route leads to where it is set up.
  const mustEnroll = me?.must_enroll_mfa ?? false
  useEffect(() => {
    if (mustEnroll) void router.invalidate()
  }, [mustEnroll, router])

  // The chosen organization let this person go, or is gone.
  const isLost = me?.organization === null && organizationId !== null
  useEffect(() => {
    if (isLost) session.chooseOrganization(null)
  }, [isLost])
}

function usePaletteKey(open: (isOpen: boolean) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      open(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [open])
}
