import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import {
  getMemberPermissions,
  listMembers,
  type MemberPermissions,
  removeMemberPermission,
  setMemberPermission,
} from '#contract/members'
import type { Permission } from '#contract/permissions'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { permissionText } from '../../lib/permission-text.ts'
import { queryFor } from '../../lib/query.ts'
import type { Effect, Right } from './rights.ts'

const told = { grant: 'granted', deny: 'denied' } as const

/** Sets one right of a member at once; each change can be taken back for a moment. */
export function useSetRight(orgId: string, userId: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const change = useMutation({
    networkMode: 'always',
    mutationFn: ({ key, effect }: { key: string; effect: Effect }): Promise<MemberPermissions> =>
      effect === null
        ? call(removeMemberPermission, { params: { orgId, userId, key: key as Permission } })
        : call(setMemberPermission, { params: { orgId, userId }, body: { key: key as Permission, effect } }),
    onSuccess: (after) => {
      client.setQueryData(queryFor(getMemberPermissions, { params: { orgId, userId } }).queryKey, after)
      void client.invalidateQueries({ queryKey: [listMembers.schema.operationId] })
    },
  })

  function set({ key, effect: before }: Pick<Right, 'key' | 'effect'>, effect: Effect, isUndo = false): void {
    change.mutate(
      { key, effect },
      {
        onSuccess: () =>
          isUndo ||
          toast({
            title: t(`organizations.rights.${effect === null ? 'reset' : told[effect]}`, {
              right: permissionText(key, key),
            }),
            tone: 'done',
            action: { label: t('organizations.undo'), run: () => set({ key, effect }, before, true) },
          }),
        onError: (error) => toastError(t('organizations.rights.saveFailed'), error),
      },
    )
  }
  return { set, pending: change.isPending ? change.variables : undefined }
}
