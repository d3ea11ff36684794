import { Link, useNavigate } from '@tanstack/react-router'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, Layers, Rocket } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Template } from '#contract/templates'
import { createWorkloadFromTemplate, listWorkloads } from '#contract/workloads'
import { Badge } from '../../components/ui/badge.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { formatBytes } from '../../lib/format.ts'
import { useCan } from '../../lib/me.ts'
import { mutationFor } from '../../lib/query.ts'
import { TemplateIcon } from './template-icon.tsx'
import { descriptionOf, requirementOf } from './words.ts'

/** One template. The whole card is the link to deploying it; what else can be done is in its menu. */
export function TemplateCard({ template }: { template: Template }) {
  const { t, i18n } = useTranslation()
  const mayDeploy = useCan('instances.create')
  const mayCreate = useCan('workloads.create')
  const { name, icon, runtime, memory_bytes: memory } = template
  const requirement = requirementOf(template, i18n.language)
  return (
    <article className="relative flex min-w-0 flex-col gap-3 rounded-lg border border-border bg-surface p-4 transition-colors has-[a:hover]:border-field has-[a:hover]:bg-hover">
      <div className="flex items-start gap-3">
        <TemplateIcon icon={icon} size="lg" />
        <div className="min-w-0 flex-1">
          <h2 className="text-lg font-semibold">
            {mayDeploy ? (
              <Link
                to="/deploy"
                search={{ template: template.id }}
                className="rounded-sm after:absolute after:inset-0 after:rounded-lg"
                aria-label={t('templates.deploy', { name })}
              >
                {name}
              </Link>
            ) : (
              name
            )}
          </h2>
          <p className="mt-0.5 flex flex-wrap gap-1">
            <Badge title={t(`templates.runtimeHelp.${runtime}`)}>{t(`templates.runtime.${runtime}`)}</Badge>
            {memory !== null && <Badge tone="outline">{t('templates.memory', { size: formatBytes(memory) })}</Badge>}
          </p>
        </div>
        {mayCreate && <CardMenu template={template} />}
      </div>
      <p className="line-clamp-3 text-pretty text-muted">{descriptionOf(template, i18n.language)}</p>
      {requirement !== undefined && (
        <p className="mt-auto text-sm text-muted">{t('templates.requires', { what: requirement })}</p>
      )}
    </article>
  )
}

function CardMenu({ template: { id, name } }: { template: Template }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayDeploy = useCan('instances.create')
  const create = useMutation(mutationFor(useQueryClient(), createWorkloadFromTemplate, [listWorkloads]))
  const make = () =>
    create.mutate(
      { body: { template_id: id } },
      {
        onError: (error) => toastError(t('templates.makeFailed'), error),
        onSuccess: (made) =>
          toast({
            title: t('templates.madeWorkload', { name: made.name }),
            tone: 'done',
            action: {
              label: t('common.show'),
              run: () => void navigate({ to: '/workloads/$workloadId', params: { workloadId: made.id } }),
            },
          }),
      },
    )
  return (
    <span className="relative z-10 -mt-1 -mr-1">
      <Menu
        trigger={
          <IconButton icon={Ellipsis} label={t('templates.more', { name })} size="sm" pending={create.isPending} />
        }
      >
        {mayDeploy && (
          <MenuItem icon={Rocket} render={<Link to="/deploy" search={{ template: id }} />}>
            {t('workloads.deploy')}
          </MenuItem>
        )}
        <MenuItem icon={Layers} onClick={make}>
          {t('templates.makeWorkload')}
        </MenuItem>
      </Menu>
    </span>
  )
}
