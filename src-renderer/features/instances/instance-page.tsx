import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { getInstance } from '#contract/instances'
import type { InstancePermission } from '#contract/permissions'
import { Card } from '../../components/ui/card.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { useAwayMachines } from '../../components/use-away-machines.ts'
import { useCan } from '../../lib/me.ts'
import { isGone } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { ActivityList } from '../../components/activity-list.tsx'
import { AccessTab } from '../access/access-tab.tsx'
import { TemplateIcon } from '../templates/template-icon.tsx'
import { Address } from './address.tsx'
import { ConsoleTab } from './console-tab.tsx'
import { InstanceNotices } from './instance-notices.tsx'
import { StateWithReason } from './instance-state.tsx'
import { LastExit } from './last-exit.tsx'
import { LogsTab } from './logs-tab.tsx'
import { MetricsTab } from './metrics-tab.tsx'
import { PowerButtons } from './power-buttons.tsx'
import type { Detailed } from './settings-form.ts'
import { SettingsTab } from './settings-tab.tsx'
import { Uptime } from './uptime.tsx'

const route = getRouteApi('/shell/servers/$instanceId')
const tabs = ['console', 'metrics', 'logs', 'settings', 'access', 'activity'] as const
type TabName = (typeof tabs)[number]

export function InstancePage() {
  const { t } = useTranslation()
  const { instanceId } = route.useParams()
  const instance = useQuery(queryFor(getInstance, { params: { id: instanceId } }))
  // What was shown is taken away with the right to see it.
  if (instance.data && !isGone(instance.error)) return <LoadedInstance key={instanceId} instance={instance.data} />
  if (instance.isError) {
    return (
      <>
        <PageHead title={t('instances.title')} back={<Back />} />
        <Card>
          <ErrorState
            error={instance.error}
            title={t('instances.loadFailed')}
            onRetry={() => void instance.refetch()}
          />
        </Card>
      </>
    )
  }
  return (
    <div role="status" aria-label={t('common.loading')}>
      <PageHead
        title={t('instances.title')}
        back={<Back />}
        lead={<Skeleton className="size-12 rounded-lg" />}
        state={<Skeleton className="w-60" />}
      />
      <Skeleton className="h-9 w-80" />
      <Skeleton className="mt-4 h-100 rounded-lg" />
    </div>
  )
}

function Back() {
  const { t } = useTranslation()
  return (
    <Link to="/servers" className="rounded-sm hover:text-text hover:underline">
      {t('instances.title')}
    </Link>
  )
}

/** The machine that it is on, with the way there for those who may see it. */
function OnMachine({ instance: { node_id: nodeId, node_name: machine } }: { instance: Detailed }) {
  const { t } = useTranslation()
  const seesMachines = useCan('nodes.view')
  const words = t('instances.on', { machine })
  if (!seesMachines) return <span>{words}</span>
  return (
    <Link to="/machines/$nodeId" params={{ nodeId }} className="rounded-sm hover:text-text hover:underline">
      {words}
    </Link>
  )
}

function LoadedInstance({ instance }: { instance: Detailed }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const { tab: asked } = route.useSearch()
  const awaySince = useAwayMachines()[instance.node_id]
  const mayRead = instance.rights.includes('instances.console')
  const needs: Partial<Record<TabName, InstancePermission>> = {
    console: 'instances.console',
    logs: 'instances.console',
    access: 'instances.access',
  }
  const offered = tabs.filter((name) => !needs[name] || instance.rights.includes(needs[name]))
  const tab = offered.find((name) => name === asked) ?? (mayRead ? 'console' : 'metrics')
  const open = (next: TabName | undefined) =>
    void navigate({ search: next === undefined ? {} : { tab: next }, replace: true, resetScroll: false })
  const panels: Record<TabName, () => ReactNode> = {
    console: () => (
      <ConsoleTab
        instance={instance}
        awaySince={awaySince}
        isAsked={asked === 'console'}
        onLeave={() => open(undefined)}
      />
    ),
    metrics: () => <MetricsTab instance={instance} />,
    logs: () => <LogsTab instance={instance} />,
    settings: () => <SettingsTab instance={instance} />,
    access: () => <AccessTab instance={instance} />,
    activity: () => (
      <Card className="overflow-clip">
        <ActivityList subjectId={instance.id} />
      </Card>
    ),
  }
  return (
    <>
      <PageHead
        title={instance.name}
        back={<Back />}
        lead={<TemplateIcon icon={instance.icon} size="lg" />}
        state={
          <>
            <StateWithReason instance={instance} awaySince={awaySince} />
            <OnMachine instance={instance} />
            {instance.address !== null && <Address instance={instance} />}
            {awaySince === undefined && <Uptime instance={instance} />}
            <LastExit instance={instance} />
          </>
        }
        // What is asked of a machine that does not hear it helps nobody.
        actions={awaySince === undefined && <PowerButtons instance={instance} />}
      />
      <InstanceNotices instance={instance} awaySince={awaySince} />
      <Tabs
        label={t('instances.tabs.label')}
        value={tab}
        onValueChange={open}
        tabs={offered.map((value) => ({ value, label: t(`instances.tabs.${value}`), panel: panels[value]() }))}
      />
    </>
  )
}
