import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { createWorkload, listWorkloads } from '#contract/workloads'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { ApiError, call } from '../../lib/api.ts'
import { leaveDraft } from './draft.ts'

const MAX_BYTES = 524_288

/** Creates a workload of each file. One that is refused opens in the editor, where its mistakes are marked. */
export function useImport(): (files: readonly File[]) => Promise<void> {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()

  return async (files) => {
    let refused: string | undefined
    for (const file of files) {
      if (file.size > MAX_BYTES) {
        toast({
          title: t('workloads.importFailed', { file: file.name }),
          description: t('workloads.importTooLarge'),
          tone: 'failed',
        })
        continue
      }
      const source = await file.text()
      try {
        const { id, name } = await call(createWorkload, { body: { source } })
        toast({
          title: t('workloads.imported', { name }),
          tone: 'done',
          action: {
            label: t('common.show'),
            run: () => void navigate({ to: '/workloads/$workloadId', params: { workloadId: id } }),
          },
        })
      } catch (error) {
        toastError(t('workloads.importFailed', { file: file.name }), error)
        if (error instanceof ApiError && (error.status === 400 || error.status === 409)) refused ??= source
      }
    }
    await client.invalidateQueries({ queryKey: [listWorkloads.schema.operationId] })
    if (refused === undefined) return
    leaveDraft(refused)
    await navigate({ to: '/workloads/$workloadId', params: { workloadId: 'new' } })
  }
}
