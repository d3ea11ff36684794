import { createRoute, redirect } from '@tanstack/react-router'
import { getBootstrapStatus, getMe } from '#contract/auth'
import { queryFor } from '../lib/query.ts'
import { present, textParam } from '../lib/search.ts'
import { session } from '../lib/session.ts'
import { page, root } from './route-base.tsx'

// The ways in: setting up, signing in, links that were sent.

/** Where somebody wanted to go, if that is a page of ours. */
const ownPath = (to: string | undefined) => (to?.startsWith('/') && !to.startsWith('//') ? to : '/')

export const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  beforeLoad: async ({ context }) => {
    const status = await context.queryClient.fetchQuery(queryFor(getBootstrapStatus, {}))
    if (!status.needs_bootstrap) throw redirect({ to: '/' })
  },
  component: page(() => import('../features/auth/set-up-page.tsx'), 'SetUpPage', 'auth'),
})

export const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search) => present({ to: textParam(search, 'to') }),
  beforeLoad: async ({ context, search }) => {
    await session.ready()
    if (session.getState().status === 'signed-in') {
      throw redirect({ href: ownPath(search.to) })
    }
    const status = await context.queryClient.fetchQuery(queryFor(getBootstrapStatus, {}))
    if (status.needs_bootstrap) throw redirect({ to: '/set-up' })
  },
  component: page(() => import('../features/auth/sign-in-page.tsx'), 'SignInPage', 'auth', 'factors'),
})

/** Links that lead into the page: behind their `#` is a token that lib/link-secrets.ts has taken. */
export const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  beforeLoad: async () => {
    await session.ready()
    if (session.getState().status === 'signed-in') throw redirect({ to: '/' })
  },
  component: page(() => import('../features/auth/register-page.tsx'), 'RegisterPage', 'auth', 'factors'),
})

export const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: page(() => import('../features/auth/forgot-page.tsx'), 'ForgotPage', 'auth'),
})

export const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: page(() => import('../features/auth/reset-page.tsx'), 'ResetPage', 'auth'),
})

export const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  beforeLoad: () => session.ready(),
  component: page(() => import('../features/auth/invite-page.tsx'), 'InvitePage', 'auth', 'factors'),
})

/** The one page that is open to somebody who must set up a second factor. */
export const enroll = createRoute({
  getParentRoute: () => root,
  path: '/secure-account',
  validateSearch: (search) => present({ to: textParam(search, 'to') }),
  beforeLoad: async ({ context, search }) => {
    await session.ready()
    if (session.getState().status !== 'signed-in') throw redirect({ to: '/sign-in', search })
    const me = await context.queryClient.ensureQueryData(queryFor(getMe, {}))
    if (!me.must_enroll_mfa) throw redirect({ href: ownPath(search.to) })
  },
  component: page(() => import('../features/auth/enroll-page.tsx'), 'EnrollPage', 'factors'),
})
