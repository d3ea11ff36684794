import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import type { Detailed } from './settings-form.ts'

/** What is fixed about a server, for who has to find it elsewhere. */
export function InstanceFacts({ instance }: { instance: Detailed }) {
  const { t } = useTranslation()
  const facts: { name: string; value: ReactNode; copy?: string | null }[] = [
    {
      name: t('instances.settingsForm.machine'),
      value: (
        <Link
          to="/machines/$nodeId"
          params={{ nodeId: instance.node_id }}
          className="rounded-sm text-accent hover:underline"
        >
          {instance.node_name}
        </Link>
      ),
    },
    { name: t('instances.settingsForm.runtime'), value: t(`templates.runtime.${instance.runtime}`) },
    { name: t('instances.settingsForm.created'), value: <RelativeTime at={instance.created_at} /> },
    {
      name: t('instances.settingsForm.id'),
      value: <span className="font-mono text-sm">{instance.id}</span>,
      copy: instance.id,
    },
    ...(instance.container_id === null
      ? []
      : [
          {
            name: t('instances.settingsForm.container'),
            value: <span className="font-mono text-sm">{instance.container_id.slice(0, 12)}</span>,
            copy: instance.container_id,
          },
        ]),
    ...(instance.pid === null
      ? []
      : [
          {
            name: t('instances.settingsForm.pid'),
            value: <span className="font-mono text-sm">{instance.pid}</span>,
            copy: String(instance.pid),
          },
        ]),
    ...instance.ports.map(({ name, host_port: port, protocol }) => ({
      name: `${name} (${protocol.toUpperCase()})`,
      value: <span className="font-mono text-sm">{port}</span>,
      copy: String(port),
    })),
  ]
  return (
    <Card>
      <CardHead title={t('instances.settingsForm.facts')} />
      <CardBody>
        <dl className="flex flex-col">
          {facts.map(({ name, value, copy }) => (
            <div key={name} className="flex min-h-8 items-center justify-between gap-4">
              <dt className="shrink-0 text-muted">{name}</dt>
              <dd className="flex min-w-0 items-center gap-1">
                <span className="truncate">{value}</span>
                {copy && <CopyButton text={copy} />}
              </dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  )
}
