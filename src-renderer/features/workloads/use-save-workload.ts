import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { createWorkload, getWorkload, listWorkloads, updateWorkload } from '#contract/workloads'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { queryFor } from '../../lib/query.ts'

/** Creates the workload, or makes a new version of it. */
export function useSaveWorkload(id: string | undefined) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (source: string) =>
      id === undefined
        ? call(createWorkload, { body: { source } })
        : call(updateWorkload, { params: { id }, body: { source } }),
    networkMode: 'always',
    onSuccess: async (made) => {
      client.setQueryData(queryFor(getWorkload, { params: { id: made.id } }).queryKey, made)
      const { name, version, instance_count: count } = made
      if (id === undefined) toast({ title: t('workloads.editor.created', { name }), tone: 'done' })
      else {
        const description = count > 0 ? t('workloads.editor.savedUsed', { count }) : undefined
        toast({
          title: t('workloads.editor.saved', { name, version }),
          tone: 'done',
          ...(description && { description }),
        })
      }
      await client.invalidateQueries({ queryKey: [listWorkloads.schema.operationId] })
    },
  })
}
