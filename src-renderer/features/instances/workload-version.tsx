import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getInstance, listInstances, updateInstance } from '#contract/instances'
import { getWorkload } from '#contract/workloads'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import type { Detailed } from './settings-form.ts'

/** Which version of its workload a server runs, and the way to the newest. */
export function WorkloadVersion({ instance }: { instance: Detailed }) {
  const { t } = useTranslation()
  const mayUpdate = instance.rights.includes('instances.update')
  const maySee = useCan('workloads.view')
  const workload = useQuery({
    ...queryFor(getWorkload, { params: { id: instance.workload_id } }),
    enabled: maySee,
  }).data
  const move = useMutation(mutationFor(useQueryClient(), updateInstance, [getInstance, listInstances]))
  const { id, name, workload_id: workloadId, workload_name: workloadName, workload_version: version } = instance
  const newest = workload?.version ?? version
  const isBehind = newest > version
  return (
    <Card>
      <CardHead
        title={t('instances.settingsForm.workload')}
        action={
          maySee && (
            <Link
              to="/workloads/$workloadId"
              params={{ workloadId }}
              className="rounded-sm text-accent hover:underline"
            >
              {t('instances.settingsForm.editWorkload')}
            </Link>
          )
        }
      />
      <CardBody className="flex flex-col items-start gap-3">
        <p className="break-words">
          {t('instances.settingsForm.runsVersion', { version, name: workloadName })}{' '}
          {isBehind
            ? t('instances.settingsForm.newerThere', { version: newest })
            : workload && t('instances.settingsForm.newest')}
        </p>
        {isBehind && mayUpdate && (
          <Button
            pending={move.isPending}
            onClick={() =>
              move.mutate(
                { params: { id }, body: { workload_version: 'latest' } },
                {
                  onSuccess: (moved) =>
                    toast({
                      title: t('instances.settingsForm.moved', { name, version: moved.workload_version }),
                      tone: 'done',
                    }),
                },
              )
            }
          >
            {t('instances.settingsForm.move', { version: newest })}
          </Button>
        )}
        {move.isError && (
          <p role="alert" className="text-error">
            {t('instances.settingsForm.moveFailed')}. {problemText(move.error)}
          </p>
        )}
      </CardBody>
    </Card>
  )
}
