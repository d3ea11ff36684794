import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { getMe } from '#contract/auth'
import { loadWords } from '../lib/i18n.ts'
import { queryFor } from '../lib/query.ts'
import { session } from '../lib/session.ts'
import type { LateWords } from '../messages/all.ts'
import { NotFoundPage, StartError } from './page-states.tsx'
import { Shell } from './shell.tsx'

/** A page with the words that it speaks; both are loaded when it is opened. messages.test.ts finds one that is forgotten. */
export const page = <M extends Record<string, unknown>, N extends keyof M & string>(
  load: () => Promise<M>,
  name: N,
  ...words: LateWords[]
) => lazyRouteComponent(async () => (await Promise.all([load(), loadWords(...words)]))[0], name)

type Context = { queryClient: QueryClient }
export const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: StartError,
})

export const toHere = (href: string) => (href === '/' ? {} : { to: href })

/** Everything behind the sign-in, inside the shell. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    await session.ready()
    if (session.getState().status !== 'signed-in') {
      throw redirect({ to: '/sign-in', search: toHere(location.href) })
    }
    const me = await context.queryClient.ensureQueryData(queryFor(getMe, {}))
    if (me.must_enroll_mfa) throw redirect({ to: '/secure-account', search: toHere(location.href) })
  },
  component: Shell,
})
