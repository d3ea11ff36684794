import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowRight, CircleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { drainNode, type DrainStep, getDrainPlan, listMigrations, type Migration } from '#contract/migrations'
import { type FleetNode, getNode, listNodes } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogClose } from '../../components/ui/dialog.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { formatList } from '../../lib/format.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { ModeChoice } from './move-dialog.tsx'

type Step = Static<typeof DrainStep>
type Props = { node: Pick<FleetNode, 'id' | 'name'>; open: boolean; onOpenChange: (open: boolean) => void }

/** Shows where each server would go, and empties the machine when told so. */
export function DrainDialog({ node, open, onOpenChange }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [mode, setMode] = useState<Migration['mode']>('live')
  // What the plan rests on changes by itself, so it is never taken from memory.
  const plan = useQuery({ ...queryFor(getDrainPlan, { params: { id: node.id } }), enabled: open, staleTime: 0 })
  const drain = useMutation(
    mutationFor(useQueryClient(), drainNode, [listNodes, getNode, listMigrations, getDrainPlan]),
  )
  const steps = plan.data?.steps ?? []

  async function submit() {
    await drain.mutateAsync({ params: { id: node.id }, body: { mode } })
    onOpenChange(false)
    toast({
      title: t('migrations.drain.started', { name: node.name }),
      action: {
        label: t('migrations.show'),
        run: () => void navigate({ to: '/moves', search: { node_id: node.id } }),
      },
    })
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        drain.reset()
        onOpenChange(next)
      }}
      title={t('migrations.drain.title', { name: node.name })}
      description={t('migrations.drain.lead')}
      footer={
        <>
          <DialogClose render={<Button>{t('common.cancel')}</Button>} />
          <Button
            variant="primary"
            disabled={
              !plan.data || (steps.length > 0 && !steps.some(({ code }) => code === null || code === 'already_moving'))
            }
            pending={drain.isPending}
            onClick={() => void submit().catch(() => {})}
          >
            {t('migrations.drain.action')}
          </Button>
        </>
      }
    >
      {plan.isPending ? (
        <div aria-busy aria-label={t('migrations.drain.planning')}>
          <SkeletonRows rows={3} />
        </div>
      ) : plan.isError ? (
        <ErrorState error={plan.error} title={t('migrations.drain.failed')} onRetry={() => void plan.refetch()} />
      ) : steps.length === 0 ? (
        <p className="text-muted">{t('migrations.drain.nothing')}</p>
      ) : (
        <div className="flex flex-col gap-4">
          <Plan steps={steps} />
          {steps.some(isPlaced) && <ModeChoice mode={mode} onChange={setMode} />}
        </div>
      )}
      {drain.isError && (
        <p role="alert" className="pt-3 text-error">
          {problemText(drain.error)}
        </p>
      )}
    </Dialog>
  )
}

function Plan({ steps }: { steps: readonly Step[] }) {
  const { t } = useTranslation()
  const moving = steps.filter(isPlaced)
  const leaving = steps.filter(({ code }) => code === 'already_moving')
  const staying = steps.filter((step) => !isPlaced(step) && step.code !== 'already_moving')
  return (
    <div className="flex flex-col gap-3">
      {moving.length > 0 && (
        <section className="flex flex-col gap-1">
          <h3 className="text-sm font-medium text-muted">{t('migrations.drain.places', { count: moving.length })}</h3>
          <ul className="flex flex-col">
            {moving.map((step) => (
              <li key={step.instance_id} className="border-b border-border py-1.5 last:border-b-0">
                <span className="flex min-w-0 items-center gap-2">
                  <span className="truncate font-medium">{step.instance_name}</span>
                  <ArrowRight aria-hidden size={14} className="shrink-0 text-muted" />
                  <span className="sr-only">{t('migrations.drain.to')}</span>
                  <span className="truncate">{step.target_node_name}</span>
                </span>
                {step.ports
                  .filter(({ from, to }) => from !== to)
                  .map(({ name, from, to }) => (
                    <span key={name} className="block text-sm text-muted">
                      {t('migrations.drain.ports', { from, to })}
                    </span>
                  ))}
              </li>
            ))}
          </ul>
        </section>
      )}
      {leaving.length > 0 && (
        <section className="flex flex-col gap-1">
          <h3 className="text-sm font-medium text-muted">{t('migrations.drain.leaving', { count: leaving.length })}</h3>
          <p className="font-medium break-words">{formatList(leaving.map((step) => step.instance_name))}</p>
        </section>
      )}
      {staying.length > 0 && (
        <section className="flex flex-col gap-1">
          <h3 className="flex items-center gap-1.5 text-sm font-medium text-error">
            <CircleAlert aria-hidden size={14} className="shrink-0" />
            {t('migrations.drain.stays', { count: staying.length })}
          </h3>
          <ul className="flex flex-col">
            {byReason(staying, ({ code, reason }) =>
              code === null || code === 'already_moving' ? (reason ?? '') : t(`migrations.drain.codes.${code}`),
            ).map(([reason, names]) => (
              <li key={reason} className="border-b border-border py-1.5 last:border-b-0">
                <span className="block font-medium break-words">{formatList(names)}</span>
                <span className="block text-sm text-pretty text-muted">{reason}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

const isPlaced = ({ target_node_id: target }: Step) => target !== null

/** A reason is said once, with all that it holds for. */
function byReason(steps: readonly Step[], reasonOf: (step: Step) => string): [string, string[]][] {
  const names = new Map<string, string[]>()
  for (const step of steps) {
    const reason = reasonOf(step)
    names.set(reason, [...(names.get(reason) ?? []), step.instance_name])
  }
  return [...names]
}
