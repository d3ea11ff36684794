import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Laptop, Smartphone } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listSessions, revokeSession, type Session } from '#contract/users'
import { RelativeTime } from '../../components/relative-time.tsx'
import { SettingRow } from '../../components/setting-row.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { deviceWords, isHandheld } from '../../lib/device-words.ts'
import { formatDate } from '../../lib/format.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'

/** Where one is signed in, and the way out of each and of all. */
export function SessionsCard() {
  const { t } = useTranslation()
  const sessions = useQuery(queryFor(listSessions, {}))
  return (
    <Card aria-labelledby="sessions">
      <CardHead
        id="sessions"
        title={t('security.sessions.title')}
        action={
          <AlertDialog
            trigger={
              <Button size="sm" variant="danger-ghost">
                {t('security.sessions.everywhere')}
              </Button>
            }
            title={t('security.sessions.everywhereAsk')}
            action={t('security.sessions.everywhere')}
            onConfirm={() => session.signOutEverywhere()}
          >
            <p>{t('security.sessions.everywhereLost')}</p>
            <p>{t('security.sessions.everywhereKept')}</p>
          </AlertDialog>
        }
      />
      {sessions.isPending ? (
        <SkeletonRows rows={3} />
      ) : sessions.isError ? (
        <ErrorState error={sessions.error} title={t('security.failed')} onRetry={() => void sessions.refetch()} />
      ) : (
        <ul>
          {sessions.data.items.map((one) => (
            <SessionRow key={one.id} one={one} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function SessionRow({ one }: { one: Session }) {
  const { t } = useTranslation()
  const device = deviceWords(one.user_agent) || t('security.sessions.unknown')
  const end = useMutation({
    ...mutationFor(useQueryClient(), revokeSession, [listSessions]),
    onSuccess: () => toast({ title: t('security.sessions.ended', { device }), tone: 'done' }),
    onError: (error) => toastError(t('security.sessions.endFailed', { device }), error),
  })
  return (
    <SettingRow
      icon={isHandheld(one.user_agent) ? Smartphone : Laptop}
      title={<span title={one.user_agent ?? undefined}>{device}</span>}
      badges={one.is_current && <Badge tone="accent">{t('security.sessions.here')}</Badge>}
      action={
        !one.is_current && (
          <Button
            size="sm"
            pending={end.isPending}
            aria-label={t('security.sessions.endLabel', { device })}
            onClick={() => end.mutate({ params: { id: one.id } })}
          >
            {t('security.sessions.end')}
          </Button>
        )
      }
    >
      {one.ip && (
        <>
          <span className="font-mono break-all">{one.ip}</span> ·{' '}
        </>
      )}
      {t('security.sessions.active')} <RelativeTime at={one.last_used_at} /> ·{' '}
      {t('security.sessions.since', { date: formatDate(one.created_at) })}
    </SettingRow>
  )
}
