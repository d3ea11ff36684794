import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { getMemberPermissions, listMembers, type Member, updateMemberRole } from '#contract/members'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { mutationFor } from '../../lib/query.ts'

/** Changes a role; it can be taken back for a moment. */
export function useChangeRole(orgId: string): (member: Member, role: 'admin' | 'user') => void {
  const { t } = useTranslation()
  const { mutate } = useMutation(mutationFor(useQueryClient(), updateMemberRole, [listMembers, getMemberPermissions]))
  return useCallback(
    ({ user_id: userId, email, role: before }, role) => {
      const change = (to: 'admin' | 'user', isUndo: boolean) =>
        mutate(
          { params: { orgId, userId }, body: { role: to } },
          {
            onSuccess: () =>
              toast({
                title: t(`organizations.members.roleChanged.${to}`, { email }),
                tone: 'done',
                ...(!isUndo &&
                  before !== 'owner' && {
                    action: { label: t('organizations.undo'), run: () => change(before, true) },
                  }),
              }),
            onError: (error) => toastError(t('organizations.members.roleFailed', { email }), error),
          },
        )
      change(role, false)
    },
    [mutate, orgId, t],
  )
}
