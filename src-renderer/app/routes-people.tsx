import { createRoute } from '@tanstack/react-router'
import { sections } from '../features/admin/sections.ts'
import { auditNouns, auditOutcomes, auditTimes } from '../features/organizations/audit-filter.ts'
import { choiceParam, present, textParam } from '../lib/search.ts'
import { page, shell } from './route-base.tsx'

// The organization, a person's own settings, and the administration of the platform.

export const admin = createRoute({
  getParentRoute: () => shell,
  path: '/admin',
  validateSearch: (search) =>
    present({
      section: choiceParam(search, 'section', sections),
      search: textParam(search, 'search'),
      state: choiceParam(search, 'state', ['active', 'suspended']),
      ...auditParams(search),
    }),
  component: page(
    () => import('../features/admin/admin-page.tsx'),
    'AdminPage',
    'admin',
    'ssh',
    'adminSettings',
    'organizations',
    'activity',
  ),
})

const auditParams = (search: Record<string, unknown>) => ({
  actor: textParam(search, 'actor'),
  action: choiceParam(search, 'action', auditNouns),
  outcome: choiceParam(search, 'outcome', auditOutcomes),
  time: choiceParam(search, 'time', auditTimes),
})

export const organization = createRoute({
  getParentRoute: () => shell,
  path: '/organization',
  validateSearch: (search) =>
    present({
      tab: choiceParam(search, 'tab', ['members', 'invites', 'audit', 'settings']),
      search: textParam(search, 'search'),
      ...auditParams(search),
    }),
  component: page(
    () => import('../features/organizations/organization-page.tsx'),
    'OrganizationPage',
    'organizations',
    'permissions',
    'activity',
  ),
})

export const member = createRoute({
  getParentRoute: () => shell,
  path: '/organization/members/$userId',
  component: page(
    () => import('../features/organizations/member-page.tsx'),
    'MemberPage',
    'organizations',
    'permissions',
  ),
})

/** A person's own settings; each section is a page. */
export const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: page(() => import('../features/settings/settings-layout.tsx'), 'SettingsLayout', 'settings'),
})

export const profile = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: page(() => import('../features/settings/profile-page.tsx'), 'ProfilePage', 'settings'),
})

export const preferences = createRoute({
  getParentRoute: () => settings,
  path: '/preferences',
  component: page(() => import('../features/settings/preferences-page.tsx'), 'PreferencesPage', 'settings'),
})

export const security = createRoute({
  getParentRoute: () => settings,
  path: '/security',
  component: page(
    () => import('../features/security/security-page.tsx'),
    'SecurityPage',
    'security',
    'factors',
    'auth',
  ),
})

export const apiTokens = createRoute({
  getParentRoute: () => settings,
  path: '/tokens',
  component: page(() => import('../features/api-tokens/tokens-page.tsx'), 'TokensPage', 'tokens', 'permissions'),
})

export const sshKeys = createRoute({
  getParentRoute: () => settings,
  path: '/keys',
  component: page(() => import('../features/settings/keys-page.tsx'), 'KeysPage', 'settings'),
})

export const support = createRoute({
  getParentRoute: () => settings,
  path: '/support',
  component: page(() => import('../features/support/support-page.tsx'), 'SupportPage', 'support'),
})
