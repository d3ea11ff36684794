import { useQuery } from '@tanstack/react-query'
import { Mail } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Invite, listInvites } from '#contract/invites'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { phone, useMedia } from '../../lib/use-media.ts'
import { InviteCards } from './invite-cards.tsx'
import { InviteTable } from './invite-table.tsx'
import { RevokeInvite } from './revoke-invite.tsx'

/** Invitations that nobody has accepted yet. */
export function InvitesTab({ orgId, onInvite }: { orgId: string; onInvite: () => void }) {
  const { t } = useTranslation()
  const list = useQuery(queryFor(listInvites, { params: { orgId } }))
  const isPhone = useMedia(phone)
  const [revoked, setRevoked] = useState<Invite>()
  const invites = list.data?.items
  return (
    <>
      {list.isPending ? (
        <SkeletonRows rows={3} className="rounded-lg border border-border bg-surface" />
      ) : list.isError && !invites ? (
        <Card>
          <ErrorState
            error={list.error}
            title={t('organizations.invites.failed')}
            onRetry={() => void list.refetch()}
          />
        </Card>
      ) : !invites || invites.length === 0 ? (
        <Card>
          <EmptyState
            icon={Mail}
            title={t('organizations.invites.empty')}
            action={<Button onClick={onInvite}>{t('organizations.members.invite')}</Button>}
          >
            {t('organizations.invites.emptyHelp')}
          </EmptyState>
        </Card>
      ) : isPhone ? (
        <InviteCards invites={invites} onRevoke={setRevoked} />
      ) : (
        <Card className="overflow-clip">
          <InviteTable invites={invites} onRevoke={setRevoked} />
        </Card>
      )}
      {revoked && <RevokeInvite orgId={orgId} invite={revoked} onClose={() => setRevoked(undefined)} />}
    </>
  )
}
