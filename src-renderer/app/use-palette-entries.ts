import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowLeftRight, Layers, LogOut, Monitor, Moon, Play, Plus, RotateCw, Server, Square, Sun } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Instance, listInstances, restartInstance, startInstance, stopInstance } from '#contract/instances'
import { listNodes } from '#contract/nodes'
import { listOrganizations } from '#contract/organizations'
import { type PaletteAction, useOfferedActions } from '../lib/actions.ts'
import { toast, toastError } from '../components/ui/toast.tsx'
import { languageNames, languages, t } from '../lib/i18n.ts'
import { call } from '../lib/api.ts'
import { useCan, useMe } from '../lib/me.ts'
import { queryFor } from '../lib/query.ts'
import { session } from '../lib/session.ts'
import { footPlaces, openTo, places, settingsPlaces } from './nav.ts'
import { useGoToOrganization } from './use-go-to-organization.ts'
import { useChoosePreferences } from './use-preferences.ts'

export type Entry = PaletteAction & {
  group: 'actions' | 'servers' | 'machines' | 'pages'
  /** Too many to be listed before one has typed. */
  isFoundOnly?: boolean
}

/** What the palette knows: what the page in front offers, then servers, machines, pages and what is always there. */
export function usePaletteEntries(): readonly Entry[] {
  // `t` below is the same function; the hook draws the palette again when the language changes.
  const { i18n } = useTranslation()
  const navigate = useNavigate()
  const { chooseTheme, chooseLanguage } = useChoosePreferences()
  const offered = useOfferedActions()
  const canDeploy = useCan('instances.create')
  const me = useMe()
  const goTo = useGoToOrganization()
  const organizations = useQuery(queryFor(listOrganizations, {})).data
  const servers = useQuery(queryFor(listInstances, { query: { limit: 200 } })).data
  const machines = useQuery({
    ...queryFor(listNodes, { query: { limit: 200 } }),
    enabled: useCan('nodes.view'),
  }).data

  return useMemo(() => {
    const pages: Entry[] = [
      ...[...openTo(places, me), ...openTo(footPlaces, me)].map(({ to, name, icon }) => ({
        id: `page${to}`,
        group: 'pages' as const,
        label: t(`shell.nav.${name}`),
        icon,
        run: () => void navigate({ to }),
      })),
      ...(me?.permissions.includes('workloads.view')
        ? [
            {
              id: 'page/workloads',
              group: 'pages' as const,
              label: t('shell.nav.workloads'),
              icon: Layers,
              run: () => void navigate({ to: '/workloads' }),
            },
          ]
        : []),
    ]
    const sections = settingsPlaces.map(({ to, name, icon }): Entry => ({
      id: `page.${to}.${name}`,
      group: 'pages',
      isFoundOnly: true,
      label: t(`shell.settings.${name}`),
      hint: t('shell.nav.settings'),
      icon,
      run: () => void navigate({ to }),
    }))
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
    const others = (organizations?.items ?? [])
      .filter(({ id }) => id !== me?.organization?.id)
      .map(({ id, name }): Entry => ({
        id: `organization.${id}`,
        group: 'actions',
        isFoundOnly: true,
        label: t('shell.organizations.switchTo', { name }),
        icon: ArrowLeftRight,
        run: () => goTo(id),
      }))
    const power = (servers?.items ?? []).flatMap(powerEntries)
    const always: Entry[] = [
      ...(canDeploy
        ? [
            {
              id: 'deploy',
              group: 'actions' as const,
              label: t('shell.palette.deploy'),
              icon: Plus,
              run: () => void navigate({ to: '/templates' }),
            },
          ]
        : []),
      ...(me?.permissions.includes('nodes.create')
        ? [
            {
              id: 'add-machine',
              group: 'actions' as const,
              label: t('shell.palette.addMachine'),
              icon: Plus,
              run: () => void navigate({ to: '/machines/add' }),
            },
          ]
        : []),
      {
        id: 'theme.light',
        group: 'actions',
        label: `${t('shell.account.theme')}: ${t('shell.account.themeLight')}`,
        icon: Sun,
        run: () => chooseTheme('light'),
      },
      {
        id: 'theme.dark',
        group: 'actions',
        label: `${t('shell.account.theme')}: ${t('shell.account.themeDark')}`,
        icon: Moon,
        run: () => chooseTheme('dark'),
      },
      {
        id: 'theme.system',
        group: 'actions',
        label: `${t('shell.account.theme')}: ${t('shell.account.themeSystem')}`,
        icon: Monitor,
        run: () => chooseTheme('system'),
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
      ...sections,
      ...instances,
      ...nodes,
      ...always,
      ...others,
      ...power,
    ]
    // The words change with the language.
  }, [
    i18n.language,
    navigate,
    offered,
    servers,
    machines,
    canDeploy,
    organizations,
    me,
    goTo,
    chooseTheme,
    chooseLanguage,
  ])
}

const powers = {
  start: { op: startInstance, icon: Play },
  stop: { op: stopInstance, icon: Square },
  restart: { op: restartInstance, icon: RotateCw },
}

/** What can be done to a server without going to it: "stop lobby". */
function powerEntries({ id, name, state, rights }: Instance): Entry[] {
  if (!rights.includes('instances.power')) return []
  const possible: (keyof typeof powers)[] =
    state === 'running' ? ['stop', 'restart'] : state === 'stopped' || state === 'error' ? ['start'] : []
  return possible.map((power) => ({
    id: `${power}.${id}`,
    group: 'actions',
    isFoundOnly: true,
    label: t(`shell.palette.power.${power}`, { name }),
    icon: powers[power].icon,
    run: () =>
      void call(powers[power].op, { params: { id } }).then(
        () => toast({ title: t(`shell.palette.asked.${power}`, { name }) }),
        (error: unknown) => toastError(t(`shell.palette.failed.${power}`, { name }), error),
      ),
  }))
}
