import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Layers, LogOut, Monitor, Moon, Server, Sun } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { listInstances } from '#contract/instances'
import { listNodes } from '#contract/nodes'
import { type PaletteAction, useOfferedActions } from '../lib/actions.ts'
import { chooseLanguage, languageNames, languages } from '../lib/i18n.ts'
import { queryFor } from '../lib/query.ts'
import { session } from '../lib/session.ts'
import { theme } from '../lib/theme.ts'
import { places } from './nav.ts'

export type Entry = PaletteAction & { group: 'actions' | 'servers' | 'machines' | 'pages'; lead?: ReactNode }

/** What the palette knows: what the page in front offers, then servers, machines, pages and what is always there. */
export function usePaletteEntries(): readonly Entry[] {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const offered = useOfferedActions()
  const servers = useQuery(queryFor(listInstances, { query: { limit: 200 } })).data
  const machines = useQuery(queryFor(listNodes, { query: { limit: 200 } })).data

  return useMemo(() => {
    const pages: Entry[] = [
      ...places.map(({ to, name, icon }) => ({
        id: `page${to}`,
        group: 'pages' as const,
        label: t(`shell.nav.${name}`),
        icon,
        run: () => void navigate({ to }),
      })),
      {
        id: 'page/workloads',
        group: 'pages',
        label: t('shell.nav.workloads'),
        icon: Layers,
        run: () => void navigate({ to: '/workloads' }),
      },
    ]
    const instances = (servers?.items ?? []).map((instance): Entry => ({
      id: instance.id,
      group: 'servers',
      label: instance.name,
      keywords: `${instance.workload_name} ${instance.node_name} ${instance.address ?? ''}`,
      hint: t(`states.instance.${instance.state}`),
      icon: Server,
      run: () => void navigate({ to: '/servers/$instanceId', params: { instanceId: instance.id } }),
    }))
    const nodes = (machines?.items ?? []).map((node): Entry => ({
      id: node.id,
      group: 'machines',
      label: node.name,
      keywords: `${node.hostname ?? ''} ${node.address ?? ''} ${node.os ?? ''}`,
      hint: t(`states.node.${node.state}`),
      icon: Monitor,
      run: () => void navigate({ to: '/machines/$nodeId', params: { nodeId: node.id } }),
    }))
    const always: Entry[] = [
      {
        id: 'theme.light',
        group: 'actions',
        label: `${t('shell.account.theme')}: ${t('shell.account.themeLight')}`,
        icon: Sun,
        run: () => theme.set('light'),
      },
      {
        id: 'theme.dark',
        group: 'actions',
        label: `${t('shell.account.theme')}: ${t('shell.account.themeDark')}`,
        icon: Moon,
        run: () => theme.set('dark'),
      },
      {
        id: 'theme.system',
        group: 'actions',
        label: `${t('shell.account.theme')}: ${t('shell.account.themeSystem')}`,
        icon: Monitor,
        run: () => theme.set('system'),
      },
      ...languages
        .filter((language) => language !== i18n.language)
        .map((language) => ({
          id: `language.${language}`,
          group: 'actions' as const,
          label: languageNames[language],
          keywords: t('shell.account.language'),
          run: () => chooseLanguage(language),
        })),
      {
        id: 'sign-out',
        group: 'actions',
        label: t('shell.account.signOut'),
        icon: LogOut,
        run: () => void session.signOut(),
      },
    ]
    return [
      ...offered.map((action) => ({ ...action, group: 'actions' as const })),
      ...pages,
      ...instances,
      ...nodes,
      ...always,
    ]
  }, [t, i18n.language, navigate, offered, servers, machines])
}
