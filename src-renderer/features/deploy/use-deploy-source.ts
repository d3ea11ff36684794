import { useQuery } from '@tanstack/react-query'
import { listTemplates, type Template } from '#contract/templates'
import type { WorkloadDocument } from '#contract/workload'
import { getWorkload, listWorkloads, type Workload } from '#contract/workloads'
import { queryFor } from '../../lib/query.ts'
import { isSameSpec } from './same-spec.ts'

/** What is to be deployed: a workload, or a template whose workload may have to be made first. */
export type DeploySource = {
  name: string
  icon: string
  document: WorkloadDocument
  /** The workload it will be a server of; undefined where one is made of `template`. */
  workload: Workload | undefined
  template: Template | undefined
  workloadNames: readonly string[]
}

type Answer = { source: DeploySource | undefined; isPending: boolean; error: unknown; retry: () => void }

export function useDeploySource(wanted: { template?: string | undefined; workload?: string | undefined }): Answer {
  const isTemplate = wanted.workload === undefined && wanted.template !== undefined
  const templates = useQuery({ ...queryFor(listTemplates, { query: { limit: 200 } }), enabled: isTemplate })
  const workloads = useQuery({ ...queryFor(listWorkloads, { query: { limit: 200 } }), enabled: isTemplate })
  const workload = useQuery({
    ...queryFor(getWorkload, { params: { id: wanted.workload ?? '' } }),
    enabled: wanted.workload !== undefined,
  })
  const retry = () =>
    void Promise.all([templates, workloads, workload].filter(({ isError }) => isError).map((query) => query.refetch()))

  if (wanted.workload !== undefined) {
    const found = workload.data
    const source = found && {
      name: found.name,
      icon: found.icon,
      document: found.document,
      workload: found,
      template: undefined,
      workloadNames: [],
    }
    return { source, isPending: workload.isPending, error: workload.error, retry }
  }
  const template = templates.data?.items.find(({ id }) => id === wanted.template)
  const known = workloads.data?.items
  const source = template &&
    known && {
      name: template.name,
      icon: template.icon,
      document: template.document,
      workload: known.find(({ document }) => isSameSpec(document, template.document)),
      template,
      workloadNames: known.map(({ name }) => name),
    }
  return {
    source,
    isPending: isTemplate && (templates.isPending || workloads.isPending),
    error: templates.error ?? workloads.error,
    retry,
  }
}
