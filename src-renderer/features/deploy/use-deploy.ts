import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { createInstance, listInstances } from '#contract/instances'
import { createWorkloadFromTemplate, listWorkloads } from '#contract/workloads'
import { call } from '../../lib/api.ts'
import { deployBody, freeName, type ServerForm } from './deploy-form.ts'
import type { DeploySource } from './use-deploy-source.ts'

type Order = { form: ServerForm; nodeId: string; start: boolean }

/** Makes the workload where there is none yet, then the server. A second try uses the workload of the first. */
export function useDeploy(source: DeploySource) {
  const client = useQueryClient()
  const made = useRef<string>(undefined)

  const workloadId = async (): Promise<string> => {
    if (source.workload) return source.workload.id
    if (made.current) return made.current
    const { template } = source
    if (!template) throw new Error('There is neither a workload nor a template to deploy.')
    const name = freeName(template.document.metadata.name, source.workloadNames)
    const { id } = await call(createWorkloadFromTemplate, { body: { template_id: template.id, name } })
    made.current = id
    return id
  }

  return useMutation({
    networkMode: 'always',
    mutationFn: async ({ form, nodeId, start }: Order) =>
      call(createInstance, {
        body: deployBody(form, source.document, { workloadId: await workloadId(), nodeId, start }),
      }),
    onSettled: () =>
      Promise.all(
        [listInstances, listWorkloads].map((stale) =>
          client.invalidateQueries({ queryKey: [stale.schema.operationId], refetchType: 'none' }),
        ),
      ),
  })
}
