import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import {
  type InstanceAccess,
  listInstanceAccess,
  removeInstanceAccess,
  shareInstance,
  updateInstanceAccess,
} from '#contract/access'
import type { Instance } from '#contract/instances'
import { listMembers } from '#contract/members'
import type { InstancePermission } from '#contract/permissions'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { mutationFor } from '../../lib/query.ts'

const stale = [listInstanceAccess, listMembers]

/** Sharing a server, changing what somebody may do there, and ending it; each can be taken back for a moment. */
export function useAccess({ id, name }: Pick<Instance, 'id' | 'name'>) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const share = useMutation(mutationFor(client, shareInstance, stale))
  const update = useMutation(mutationFor(client, updateInstanceAccess, stale))
  const remove = useMutation(mutationFor(client, removeInstanceAccess, stale))

  const give = (email: string, permissions: readonly InstancePermission[]) =>
    share.mutateAsync({ params: { id }, body: { email, permissions: [...permissions] } })

  function change(person: InstanceAccess, permissions: readonly InstancePermission[], isUndo = false) {
    const { user_id: userId, email } = person
    update.mutate(
      { params: { id, userId }, body: { permissions: [...permissions] } },
      {
        onSuccess: (after) =>
          isUndo ||
          toast({
            title: t('access.changed', { email }),
            tone: 'done',
            action: { label: t('access.undo'), run: () => change(after, person.permissions, true) },
          }),
        onError: (error) => toastError(t('access.changeFailed', { email }), error),
      },
    )
  }

  function end({ user_id: userId, email, permissions }: InstanceAccess) {
    remove.mutate(
      { params: { id, userId } },
      {
        onSuccess: () =>
          toast({
            title: t('access.removed', { email, name }),
            tone: 'done',
            action: {
              label: t('access.undo'),
              run: () =>
                void give(email, permissions).catch((error: unknown) =>
                  toastError(t('access.shareFailed', { name }), error),
                ),
            },
          }),
        onError: (error) => toastError(t('access.removeFailed', { email }), error),
      },
    )
  }

  return {
    give,
    share,
    change,
    end,
    /** Whose row is being worked on. */
    busy: update.isPending
      ? update.variables.params.userId
      : remove.isPending
        ? remove.variables.params.userId
        : undefined,
  }
}
